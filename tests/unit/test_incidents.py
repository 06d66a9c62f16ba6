"""Incident detection reports unusual questions with their start and what the orders share, but no busy hour."""

import uuid
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat.models import Conversation, Message, Sender
from console.incidents import incidents
from console.models import Facet, Thread
from shop import clock
from shop.clock import PARIS

TRACK = "track_delivery/how"
NOW = datetime(2026, 11, 30, 11, 20, tzinfo=PARIS)


@pytest.fixture
def asked(db):
    """asked(how many, minutes ago, of a span of minutes): conversations with this question, evenly spread."""

    def ask(count, ago, span, question=TRACK, weeks=0, carrier=None, now=NOW):
        moments = [now - timedelta(weeks=weeks, minutes=ago - span * (n + 0.5) / count) for n in range(count)]
        chats = [Conversation(id=uuid.uuid4(), opened_at=at, expires_at=at) for at in moments]
        Conversation.objects.bulk_create(chats)
        threads = [
            Thread(sender=one.id.hex, chat=one, started_at=at, last_at=at)
            for one, at in zip(chats, moments, strict=True)
        ]
        Thread.objects.bulk_create(threads)
        Facet.objects.bulk_create(
            Facet(thread=one, kind="question", value=question, started_at=one.started_at) for one in threads
        )
        if carrier:
            card = {"kind": "order", "carrier": carrier}
            Message.objects.bulk_create(
                Message(conversation=one, seq=1, sender=Sender.BOT, text="x", card=card) for one in chats
            )

    return ask


@pytest.fixture
def usual(asked):
    """Six an hour, in each of the last four weeks."""
    for week in range(1, 5):
        asked(48, 7 * 60, 8 * 60, weeks=week)


def test_four_times_the_usual_since_an_hour(usual, asked):
    asked(30, 360, 300)
    asked(17, 60, 60, carrier="Colissimo")
    asked(7, 60, 60, carrier="DPD")
    (one,) = incidents(NOW)
    assert one.question == TRACK
    assert abs(one.since - (NOW - timedelta(hours=1))) <= timedelta(minutes=20)
    assert str(one).startswith("×4 depuis 10:")
    assert str(one).endswith("71\u202f% chez Colissimo") or str(one).endswith("71\u00a0% chez Colissimo")


@pytest.mark.parametrize(
    "spread",
    [
        [(36, 360, 360)],  # as always
        [(30, 360, 300), (11, 60, 60)],  # nearly twice, for an hour: chance
        [(36, 360, 360), (40, 300, 60)],  # over for four hours
        [(5, 20, 20)],
    ],
)
def test_usual_or_finished_increases_are_not_reported(usual, asked, spread):
    for count, ago, span in spread:
        asked(count, ago, span)
    assert incidents(NOW) == []


def test_the_usual_is_that_of_the_weekday_and_the_hour(asked):
    for week in range(1, 5):
        asked(24, 60, 60, weeks=week)
    asked(24, 60, 60)
    assert incidents(NOW) == []
    asked(24, 60, 60, question="ask_invoice/where")
    (one,) = incidents(NOW)
    assert one.question == "ask_invoice/where"


def test_without_a_week_to_compare_with_nothing_is_reported(asked):
    asked(60, 60, 60)
    assert incidents(NOW) == []


def test_the_inbox_shows_an_incident_and_a_lead_may_warn_the_customers(asked, agent):
    now = clock.now()
    asked(1, 60, 60, weeks=5, now=now)
    asked(30, 60, 60, now=now)
    for role, may_warn in (("review", False), ("manage", True)):
        client = agent(role)
        for name in ("inbox", "incidents"):
            page = client.get(reverse(f"console:{name}")).content.decode()
            assert "Suivre ma livraison" in page
            assert "depuis" in page
            assert ("Prévenir les clients" in page) is may_warn


def test_the_queries_are_the_same_for_any_number_of_incidents(asked):
    asked(1, 60, 60, weeks=5)
    counts = []
    for questions in ([TRACK], ["ask_invoice/where", "ask_refund/delay"]):
        for question in questions:
            asked(30, 60, 60, question=question, carrier="DPD")
        with CaptureQueriesContext(connection) as queries:
            assert incidents(NOW)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 4
