"""How a conversation ended, and what the rates of the statistics count."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse

from chat import conversations, leases, rows, takeover
from chat.handover import leave_request
from console import daily_aggregates
from console.indexing import outcome as outcomes
from console.indexing.indexer import index_all
from console.models import Outcome, Thread
from console.statistics import Figures, Period, Report
from shop import clock

pytestmark = pytest.mark.django_db


def answer(intent, *, reply="utter_invoice", action="action_facts", form=""):
    return {
        "replies": [{"text": "Voici.", "buttons": [], "card": None}],
        "explanation": {
            "intent": intent, "confidence": 0.9, "ranking": [], "entities": [], "slots": {},
            "replies": [{"name": reply, "card": None}], "actions": [{"name": action, "policy": "RulePolicy"}],
            "form": form,
        },
    }  # fmt: skip


ENDED_BY_BOT = {
    Outcome.ANSWERED: answer("ask_invoice"),
    Outcome.CONTACTS: answer("contact_support"),
    Outcome.FALLBACK: answer("ask_invoice", reply="utter_not_understood_again"),
    Outcome.ABANDONED: answer("where_is_parcel", form="order_form"),
}


def talk(*answers, text="je veux parler à quelqu’un"):
    opened = conversations.open_conversation("192.0.2.1")
    for one in answers:
        conversations.post_text(opened.id, uuid.uuid4(), text, "worker")
        conversations.answer(leases.next_pending(opened.id), one)
    return opened


def found(conversation):
    index_all()
    return Thread.objects.get(chat=conversation).outcome


@pytest.fixture
def over(monkeypatch):
    """Move the clock so that the conversations have ended."""
    real, passed = clock.now, []

    def pass_time():
        passed.append(outcomes.IDLE_TIME)
        monkeypatch.setattr(clock, "now", lambda: real() + sum(passed, timedelta()))

    return pass_time


def total(since) -> Figures:
    period = Period(since, clock.paris_date(clock.now()))
    return Report(daily_aggregates.by_day(period)["figures"]).total()


def test_what_goes_on_is_in_no_rate_however_sure_its_outcome(over):
    """Failures are certain at once, successes only later: counting running conversations would give 92 % and 0 %."""
    played = {expected: talk(given) for expected, given in ENDED_BY_BOT.items()}
    played[Outcome.REQUEST] = talk(answer("contact_support"))
    leave_request(played[Outcome.REQUEST].id.hex, "m", email="a@example.com", text="Rappelez-moi.")
    today = clock.paris_date(clock.now())
    assert {found(conversation) for conversation in played.values()} == {Outcome.ONGOING}
    rates = total(today)
    assert (rates.conversations, rates.over, rates.escalation, rates.fallback, rates.containment) == (5, 0, *[None] * 3)
    over()
    assert {expected: found(conversation) for expected, conversation in played.items()} == {one: one for one in played}
    rates = total(today)
    assert (rates.over, rates.escalation, rates.fallback, rates.containment) == (5, 2 / 5, 1 / 5, 1 / 5)


def test_a_request_counts_more_than_the_contacts(over):
    conversation = talk(ENDED_BY_BOT[Outcome.CONTACTS])
    over()
    assert found(conversation) == Outcome.CONTACTS
    leave_request(conversation.id.hex, "m", email="a@example.com", text="Rappelez-moi.")
    conversations.rate(conversation.id, True, "")  # any change makes the indexer read it again
    assert found(conversation) == Outcome.REQUEST


def test_whom_a_person_answers_is_not_over_until_they_end_it(over, agent):
    conversation, lea = talk(ENDED_BY_BOT[Outcome.CONTACTS]), User.objects.create_user("lea")
    takeover.reply(conversation.id, lea, uuid.uuid4(), "Bonjour.", 1)
    over()
    assert found(conversation) == Outcome.ONGOING, "however long the customer thinks"
    takeover.close(conversation.id, lea)
    over()
    assert found(conversation) == Outcome.PERSON
    client = agent("read")
    for issue, is_listed in (("person", True), ("escalated", True), ("contacts", False)):
        page = client.get(reverse("console:threads"), {"issue": issue}).content.decode()
        assert ("je veux parler à quelqu’un" in page) == is_listed


def test_what_somebody_adds_to_another_s_request_is_a_request_too(over):
    conversation = talk(ENDED_BY_BOT[Outcome.CONTACTS])
    leave_request("another", "m", email="a@example.com", text="Bonjour.")
    leave_request(conversation.id.hex, "m", email="a@example.com", text="Et encore.")
    over()
    assert found(conversation) == Outcome.REQUEST


def test_what_fills_a_form_s_field_asks_for_no_person(over):
    conversation = talk(
        answer("where_is_parcel", action="order_form", form="order_form"),
        answer("contact_support", action="order_form"),
        text="px 4820 7264, au téléphone",
    )
    over()
    assert found(conversation) == Outcome.ANSWERED


def test_who_leaves_a_queue_that_nobody_read_has_met_no_fault(over):
    conversation = talk(ENDED_BY_BOT[Outcome.ANSWERED])
    with transaction.atomic():
        takeover.leave_queue(rows.lock_active(conversation.id), uuid.uuid4(), "Revenir à l’assistant")
    over()
    assert found(conversation) == Outcome.ANSWERED
