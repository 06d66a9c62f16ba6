"""Who answers a conversation: one person at a time, and never the bot together with a person."""

import uuid
from datetime import timedelta

import hypothesis.strategies as st
import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chat import conversations, leases, takeover, team, updates
from chat.models import AgentPresence, Conversation, Explanation, Message, Responder, Sender
from shop import clock

pytestmark = pytest.mark.django_db
ANSWER = {"replies": [{"text": "Voici.", "buttons": [], "card": None}], "explanation": {"intent": "ask_invoice"}}
CALLS = {
    "replies": [{"text": "Je préviens l’équipe.", "buttons": [], "card": None, "handover": "asked"}],
    "explanation": {"intent": "contact_support"},
}


@pytest.fixture
def conversation():
    return conversations.open_conversation("192.0.2.1")


@pytest.fixture
def lea():
    return User.objects.create_user("lea", first_name="Léa")


@pytest.fixture
def marc():
    return User.objects.create_user("marc")


def ask(conversation, text="où est mon colis ?"):
    return conversations.post_text(conversation.id, uuid.uuid4(), text, "worker")


def say(conversation, agent, text="Bonjour, je regarde.", seen=None):
    if seen is None:
        seen = Conversation.objects.get(id=conversation.id).asked
    takeover.reply(conversation.id, agent, uuid.uuid4(), text, seen)


def said(conversation):
    return [(message.sender, message.text) for message in updates.unread(conversation.id, 0).messages]


def state(conversation):
    return updates.unread(conversation.id, 0).team


def press(conversation, title):
    message = next(m for m in reversed(updates.unread(conversation.id, 0).messages) if m.offered)
    button = next(one for one in message.offered if one.title == title)
    return conversations.post_button(conversation.id, uuid.uuid4(), button.id, "worker")


def wait_for_a_person(conversation):
    ask(conversation, "je veux parler à quelqu’un")
    conversations.answer(leases.next_pending(conversation.id), CALLS)


def test_an_answer_that_was_being_computed_is_suppressed(conversation, lea):
    ask(conversation)
    message = leases.next_pending(conversation.id)
    takeover.take(conversation.id, lea)
    assert conversations.answer(message, ANSWER) is None
    assert not conversations.add_delay_notice(message, ANSWER["replies"][0])
    assert (Sender.BOT, "Voici.") not in said(conversation)
    assert Explanation.objects.get(message=message).suppressed


def test_it_stays_suppressed_after_the_conversation_was_handed_back(conversation, lea):
    ask(conversation)
    message = leases.next_pending(conversation.id)
    takeover.take(conversation.id, lea)
    takeover.hand_back(conversation.id, lea)
    assert conversations.answer(message, ANSWER) is None
    ask(conversation, "et ma facture ?")
    assert conversations.answer(leases.next_pending(conversation.id), ANSWER)


def test_the_bot_is_not_asked_while_a_person_answers(conversation, lea):
    takeover.take(conversation.id, lea)
    posted = ask(conversation, "vous êtes là ?")
    assert posted.claimed is None
    assert leases.next_pending(conversation.id) is None
    assert leases.claim_unattended("other") == []
    assert Message.objects.get(conversation=conversation, seq=posted.seq).for_team


def test_of_two_agents_one_gets_it_and_the_other_reads_who(conversation, lea, marc):
    takeover.take(conversation.id, lea)
    takeover.take(conversation.id, lea)  # taking it twice changes nothing
    with pytest.raises(takeover.NotYours) as refused:
        takeover.take(conversation.id, marc)
    assert refused.value.holder == "Léa"
    with pytest.raises(takeover.NotYours):
        say(conversation, marc)
    assert [text for sender, text in said(conversation) if sender != Sender.CUSTOMER] == [
        "Léa, de l’équipe Pixmania, vous répond à partir de maintenant."
    ]


def test_the_first_reply_takes_the_conversation(conversation, lea):
    ask(conversation)
    say(conversation, lea, "Bonjour, je regarde.")
    assert state(conversation) == {"agent": "Léa"}
    assert said(conversation)[-1] == (Sender.AGENT, "Bonjour, je regarde.")


def test_a_reply_is_refused_if_the_customer_wrote_meanwhile(conversation, lea):
    takeover.take(conversation.id, lea)
    ask(conversation, "attendez")
    with pytest.raises(takeover.Unseen):
        say(conversation, lea, seen=0)
    assert said(conversation)[-1] == (Sender.CUSTOMER, "attendez")


def test_the_same_reply_is_stored_once(conversation, lea):
    client_id = uuid.uuid4()
    for _ in range(2):
        takeover.reply(conversation.id, lea, client_id, "Bonjour.", 0)
    assert said(conversation).count((Sender.AGENT, "Bonjour.")) == 1


def test_an_agent_who_lost_the_conversation_cannot_answer(conversation, lea, marc):
    takeover.take(conversation.id, lea)
    takeover.hand_back(conversation.id, lea)
    takeover.take(conversation.id, marc)
    with pytest.raises(takeover.NotYours) as refused:
        say(conversation, lea)
    assert refused.value.holder == "marc"


def test_a_customer_who_asks_for_a_person_waits_with_a_place_and_a_way_out(conversation, lea):
    other = conversations.open_conversation("192.0.2.2")
    wait_for_a_person(other)
    wait_for_a_person(conversation)
    assert (state(other), state(conversation)) == ({"waiting": 1}, {"waiting": 2})
    takeover.take(other.id, lea)
    assert state(conversation) == {"waiting": 1}
    assert press(conversation, "Revenir à l’assistant").claimed is None
    assert state(conversation) is None
    assert "vous n’attendez plus" in said(conversation)[-1][1]
    ask(conversation)
    assert leases.next_pending(conversation.id)


def test_what_is_written_in_the_queue_is_for_the_person(conversation):
    wait_for_a_person(conversation)
    ask(conversation, "c’est urgent")
    assert leases.next_pending(conversation.id) is None


def test_the_button_of_the_queue_does_nothing_to_a_person_who_answers(conversation, lea):
    wait_for_a_person(conversation)
    takeover.take(conversation.id, lea)
    message = Message.objects.filter(conversation=conversation, buttons__title="Revenir à l’assistant").first()
    conversations.post_button(conversation.id, uuid.uuid4(), message.buttons.first().id, "worker")
    assert state(conversation) == {"agent": "Léa"}
    assert leases.next_pending(conversation.id) is None


def test_back_at_the_bot_the_customer_reads_what_it_was_about(conversation, lea):
    ask(conversation)
    card = {"kind": "order", "number": "PX48207264"}
    conversations.answer(
        leases.next_pending(conversation.id),
        {"replies": [{"text": "Voilà.", "buttons": [], "card": card}], "explanation": None},
    )
    takeover.take(conversation.id, lea)
    takeover.hand_back(conversation.id, lea)
    assert "Nous parlions de votre commande PX48207264." in said(conversation)[-1][1]


@pytest.mark.parametrize(
    ("card", "words"),
    [
        (None, "Nous parlions de « Mon remboursement ». Que"),
        ({"kind": "order", "number": "PX1"}, "Nous parlions de votre commande PX1 : « Mon remboursement ». Que"),
    ],
)
def test_the_bot_names_the_topic_too(conversation, lea, card, words):
    ask(conversation)
    answer = {"replies": [{"text": "Voilà.", "buttons": [], "card": card}], "explanation": None}
    conversations.answer(leases.next_pending(conversation.id), answer)
    takeover.take(conversation.id, lea)
    takeover.hand_back(conversation.id, lea, "Mon remboursement")
    assert words in said(conversation)[-1][1].replace("\u00a0", " ")


def test_an_order_that_the_window_no_longer_shows_is_not_named(conversation, lea):
    ask(conversation)
    answer = {"replies": [{"text": "Voilà.", "buttons": [], "card": {"number": "PX48207264"}}], "explanation": None}
    conversations.answer(leases.next_pending(conversation.id), answer)
    Conversation.objects.filter(id=conversation.id).update(hidden=2)
    takeover.take(conversation.id, lea)
    takeover.hand_back(conversation.id, lea)
    assert "PX48207264" not in said(conversation)[-1][1]


def later(minutes, monkeypatch):
    now = clock.now() + timedelta(minutes=minutes)
    monkeypatch.setattr(clock, "now", lambda: now)


def test_an_absent_agent_loses_the_conversation_again_and_again(conversation, lea, marc, monkeypatch):
    for agent in (lea, marc):
        team.mark_present(agent, available=True)
        takeover.take(conversation.id, agent)
        assert takeover.release_stale() == []
        later(2, monkeypatch)
        assert conversation.id in takeover.release_stale()
    assert said(conversation)[-1][1].startswith("marc n’est plus là")


def test_a_wait_without_agents_ends_with_a_truthful_message(conversation, monkeypatch):
    wait_for_a_person(conversation)
    assert takeover.release_stale() == []
    later(2, monkeypatch)
    assert takeover.release_stale() == [conversation.id]
    assert state(conversation) is None
    assert "personne de l’équipe n’est disponible" in said(conversation)[-1][1]


def test_a_customer_without_an_answer_goes_back_to_the_queue(conversation, lea, monkeypatch):
    takeover.take(conversation.id, lea)
    ask(conversation, "alors ?")
    later(11, monkeypatch)
    team.mark_present(lea, available=True)
    assert takeover.release_stale() == [conversation.id]
    assert state(conversation) == {"waiting": 1}
    team.mark_present(lea, available=True)
    takeover.take(conversation.id, lea)
    say(conversation, lea)
    later(11, monkeypatch)
    team.mark_present(lea, available=True)
    assert takeover.release_stale() == []  # the customer has to answer


@pytest.mark.parametrize(
    ("setting", "value", "there", "released"),
    [
        ("TEAM_REPLY_MINUTES", 2, True, True),
        ("TEAM_REPLY_MINUTES", 4, True, False),
        ("TEAM_PRESENCE_SECONDS", 170, False, True),
        ("TEAM_PRESENCE_SECONDS", 190, False, False),
    ],
)
def test_how_soon_an_agent_loses_a_customer_is_a_setting(
    conversation, lea, monkeypatch, settings, setting, value, there, released
):
    """Three minutes after the customer's message."""
    setattr(settings, setting, value)
    team.mark_present(lea, available=True)
    takeover.take(conversation.id, lea)
    ask(conversation, "alors ?")
    later(3, monkeypatch)
    if there:
        team.mark_present(lea, available=True)
    assert bool(takeover.release_stale()) is released


@pytest.mark.parametrize(("minutes", "ends"), [(2, True), (4, False)])
def test_how_long_a_customer_waits_is_a_setting(conversation, lea, monkeypatch, settings, minutes, ends):
    settings.TEAM_QUEUE_MINUTES = minutes
    wait_for_a_person(conversation)
    later(3, monkeypatch)
    team.mark_present(lea, available=True)
    assert bool(takeover.release_stale()) is ends


def test_nobody_is_available_without_an_open_inbox(lea, monkeypatch):
    assert not team.is_available()
    team.mark_present(lea, available=False)
    assert not team.is_available()
    team.mark_present(lea, available=True)
    assert team.is_available()
    later(2, monkeypatch)
    assert not team.is_available()


def test_erasing_ends_the_exchange(conversation, lea):
    takeover.take(conversation.id, lea)
    conversations.erase(conversation.id)
    with pytest.raises(updates.ConversationClosed):
        say(conversation, lea)


class Exchange(RuleBasedStateMachine):
    """Any order of messages, late answers of the bot, take-overs, replies and hand-backs by two agents."""

    @initialize()
    def open(self):
        AgentPresence.objects.all().delete()
        self.agents = [User.objects.get_or_create(username=name)[0] for name in ("a", "b")]
        self.conversation = conversations.open_conversation(str(uuid.uuid4()))
        self.holder = None
        self.working = []

    @rule()
    def customer_writes(self):
        posted = ask(self.conversation)
        if self.holder is None and not self.waits():
            self.working.append(Message.objects.get(conversation=self.conversation, seq=posted.seq))

    @precondition(lambda self: self.working)
    @rule(data=st.data(), answer=st.sampled_from([ANSWER, CALLS]))
    def bot_answers_late(self, data, answer):
        message = data.draw(st.sampled_from(self.working))
        before = said(self.conversation)
        settled = Conversation.objects.get(id=self.conversation.id).answered >= message.seq
        given = conversations.answer(message, answer)
        assert (given is None) == settled
        assert settled is False or said(self.conversation) == before
        assert given is None or self.holder is None

    @rule(who=st.integers(0, 1))
    def agent_takes(self, who):
        self.acts(who, lambda agent: takeover.take(self.conversation.id, agent), takes=True)

    @rule(who=st.integers(0, 1))
    def agent_replies(self, who):
        self.acts(who, lambda agent: say(self.conversation, agent), takes=True)

    @rule(who=st.integers(0, 1), end=st.sampled_from([takeover.hand_back, takeover.close]))
    def agent_ends(self, who, end):
        if self.acts(who, lambda agent: end(self.conversation.id, agent), takes=False):
            self.holder = None

    def acts(self, who, act, takes):
        may = self.holder == who or (takes and self.holder is None)
        try:
            act(self.agents[who])
        except takeover.NotYours:
            assert not may
            return False
        assert may
        self.holder = who
        return True

    def waits(self):
        return Conversation.objects.get(id=self.conversation.id).responder == Responder.WAITING

    @invariant()
    def one_holder_and_no_message_for_the_bot(self):
        row = Conversation.objects.get(id=self.conversation.id)
        assert (row.responder == Responder.AGENT) == (self.holder is not None)
        if self.holder is not None:
            assert row.agent_id == self.agents[self.holder].pk
        if row.responder != Responder.BOT:
            assert leases.next_pending(row.id) is None

    @invariant()
    def numbers_have_no_gaps(self):
        numbers = [message.seq for message in updates.unread(self.conversation.id, 0).messages]
        assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.slow
def test_any_order_of_events(monkeypatch):
    monkeypatch.setattr("chat.limits.check_message", lambda conversation: None)
    monkeypatch.setattr("chat.limits.check_opening", lambda fingerprint: None)
    few = settings(max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Exchange, settings=few)
