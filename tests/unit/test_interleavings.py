"""A turn of the bot, two agents and a hand-back, in every interleaving and aborted at every statement."""

import pytest
from django.contrib.auth.models import User

from chat.models import Conversation, Responder
from harness.interleavings import ACTORS, Meeting, cuts, orders, play

pytestmark = pytest.mark.django_db
ANSWERED, AGAIN = "the bot's answer", "the assistant again"


@pytest.fixture(autouse=True)
def no_limits(monkeypatch):
    monkeypatch.setattr("chat.limits.check_message", lambda conversation: None)
    monkeypatch.setattr("chat.limits.check_opening", lambda fingerprint: None)


@pytest.fixture
def agents():
    return {name: User.objects.create_user(name.lower(), first_name=name) for name in ("Léa", "Marc")}


@pytest.mark.slow
def test_in_every_order_there_is_one_owner_and_no_answer_of_the_bot_after_the_take_over(agents):
    count = 0
    for order in orders():
        meeting, holder = Meeting(agents), None
        for actor, step in play(meeting, order):
            holder = owner_after(holder, actor, step, meeting)
            row = Conversation.objects.get(id=meeting.conversation.id)
            assert (row.agent if row.responder == Responder.AGENT else None) == agents.get(holder), order
        check_what_was_read(meeting, order)
        count += 1
    assert count == 60


def owner_after(holder, actor, step, meeting):
    """The expected owner after this step, which depends on the order alone, and the step's expected outcome."""
    said = meeting.won[f"{actor} {step}"]
    if actor == "bot":
        return holder
    if holder not in (None, actor) or (holder is None and step != "takes"):
        assert said == f"refused: {holder or 'nobody'} has it"
        return holder
    assert said == "done"
    return {"takes": actor, "writes": actor, "hands back": None}[step]


def check_what_was_read(meeting, order):
    """The customer reads the bot's answer if and only if it was stored before an agent took the conversation."""
    places = {step: place for place, step in enumerate(order)}
    taken = min(places["Léa", "takes"], places["Marc", "takes"])
    began, answered = places["bot", "begins"], places["bot", "answers"]
    read = meeting.read_by_customer()
    assert read.count(ANSWERED) == (answered < taken), order
    assert meeting.suppressed() == (began < taken < answered), order
    wrote = [text for text in read if text.endswith("writes")]
    assert len(wrote) == (meeting.won["Léa writes"] == "done"), order
    assert read.count(AGAIN) == (meeting.won["Léa hands back"] == "done"), order


def test_a_step_that_fails_at_any_statement_changes_nothing(agents):
    """Run in an order in which every step succeeds."""
    meeting, cut = Meeting(agents), {}
    steps = [("bot", "begins"), *(("Léa", step) for step in ACTORS["Léa"]), ("bot", "answers"), ("Marc", "takes")]
    for actor, step in steps:
        cut[f"{actor} {step}"] = cuts(meeting, actor, step)
    assert meeting.won | {"bot begins": ""} == dict.fromkeys(meeting.won, "done") | {
        "bot begins": "", "bot answers": "suppressed",
    }  # fmt: skip
    assert min(cut[step] for step in ("Léa takes", "Léa writes", "Léa hands back", "Marc takes")) > 3
