"""The NLG: which variation is used, with which introduction and buttons."""

import asyncio

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from actions.responses import fill
from bot.nlg import MAX_BUTTONS, MORE, ReplyGenerator
from harness.project import ROOT

SLOTS = Domain.load(str(ROOT / "domain.yml")).slots
DELAY, NO_PHOTOS, INVOICE = "utter_ask_refund/delay", "utter_damage_note_now", "utter_ask_invoice/where"


class Talk:
    """A conversation that remembers the bot's replies."""

    def __init__(self):
        self.replies = ReplyGenerator(None, None)
        self.tracker = DialogueStateTracker.from_events("c", [UserUttered("…")], slots=SLOTS)

    def customer(self):
        self.tracker.update(UserUttered("…"))

    def say(self, name, **values):
        said = asyncio.run(self.replies.generate(name, self.tracker, "chat", **values))
        if said:
            self.tracker.update(BotUttered(said["text"], metadata={"utter_action": name}))
        return said

    def text(self, name, **values):
        return self.say(name, **values)["text"]


@pytest.fixture
def talk():
    return Talk()


def test_the_wordings_come_in_their_order(talk):
    wordings = [one["text"] for one in talk.replies.responses[DELAY]]
    assert len(wordings) == 2
    said = []
    for _ in range(3):
        said.append(talk.text(DELAY))
        talk.customer()
    assert said == [*wordings, wordings[0]]


def test_a_repeated_answer_has_a_lead_in(talk):
    first = talk.text(NO_PHOTOS)
    talk.customer()
    assert talk.text(NO_PHOTOS) == f"Je vous le redis\u00a0: {first}"


def test_a_sentence_before_it_and_no_second_word_of_regret(talk):
    regret = talk.replies.responses["utter_sorry"][0]["text"]
    assert talk.text(DELAY, lead="utter_sorry").startswith(f"{regret} Le remboursement")
    sorry = talk.text("utter_report_damaged_parcel/what_to_do", lead="utter_sorry")
    assert sorry.startswith("Je suis désolé pour ce colis")


def test_the_other_readings_are_buttons_before_its_own_and_more_is_the_last(talk):
    others = [{"title": f"{n}", "payload": f"/other_{n}"} for n in range(2)]
    buttons = talk.say(INVOICE, others=others)["buttons"]
    own = talk.replies.responses[INVOICE][0]["buttons"]
    assert [one["payload"] for one in buttons[:2]] == ["/other_0", "/other_1"]
    assert len(buttons) == len(others) + len(own) + 1 <= MAX_BUTTONS
    assert buttons[-1] == MORE
    many = [{"title": f"{n}", "payload": f"/other_{n}"} for n in range(9)]
    assert len(talk.say(INVOICE, others=many)["buttons"]) == MAX_BUTTONS


def test_a_reading_that_is_a_button_already_is_one_button(talk):
    own = talk.say(INVOICE)["buttons"]
    talk.customer()
    assert sorted(one["payload"] for one in talk.say(INVOICE, others=[own[0]])["buttons"]) == sorted(
        one["payload"] for one in own
    )


def test_a_questions_button_is_sent_as_rasa_reads_it(talk):
    assert talk.say(INVOICE)["buttons"][0]["payload"] == '/ask_invoice{"question": "missing"}'


def test_what_is_filled_in_is_typeset_too(talk):
    values = {"number": "PX1", "product": "l'aspirateur", "placed_on": "1er mai"}
    assert "(l’aspirateur)" in talk.text("utter_parcel_pending", **values)


def test_what_is_not_known_is_left_out_or_said_otherwise():
    text = "Commande {number}[ ({product})][, chez {seller}|, sans vendeur]."
    assert (
        fill(text, {"number": "PX1", "product": "[{number}]", "seller": "A|B"})
        == "Commande PX1 ([{number}]), chez A|B."
    )
    assert fill(text, {"number": "PX1", "product": None, "seller": None}) == "Commande PX1, sans vendeur."


def test_the_replies_are_the_files_and_not_the_models(talk):
    talk.replies.responses = {DELAY: [{"text": "vieux"}]}
    assert talk.text(DELAY) != "vieux"
    assert talk.say("utter_heard_of_never") is None
