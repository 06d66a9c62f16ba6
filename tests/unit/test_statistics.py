"""The figures of a period, compared with manual counts."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from chat.models import Conversation
from console import daily_aggregates
from console.models import HANDED_OVER, Facet, Outcome, Thread, Turn
from console.statistics import Figures, Period, Report

# The day on which summer time ends has 25 hours.
LONG_DAY = date(2026, 10, 25)
UTC = UTC


def report(period):
    return Report(daily_aggregates.by_day(period)["figures"])


def thread(at, outcome=Outcome.ANSWERED, topics=(), asked_back=False, typed=2, helpful=None, seconds=()):
    number = Thread.objects.count() + 1
    made = Thread.objects.create(
        sender=f"s{number}",
        chat=Conversation.objects.create(expires_at=at),
        started_at=at,
        last_at=at,
        outcome=outcome,
        typed=typed,
        helpful=helpful,
        topics=list(topics),
    )
    values = [("topic", topic) for topic in topics] + [
        ("action", "action_ask_back"),
        ("action", "action_clarify"),
    ] * asked_back
    Facet.objects.bulk_create([Facet(thread=made, kind=kind, value=v, started_at=at) for kind, v in values])
    intent = topics[0] if topics else "greet"
    Turn.objects.bulk_create(
        Turn(thread=made, seq=n + 1, at=at, text="x", intent=intent, seconds=wait) for n, wait in enumerate(seconds)
    )
    return made


@pytest.mark.django_db
def test_days_are_those_of_paris_also_when_the_clocks_change():
    thread(datetime(2026, 10, 24, 21, 59, tzinfo=UTC))  # 23 h 59 on the 24th
    thread(datetime(2026, 10, 24, 22, 0, tzinfo=UTC))  # midnight
    thread(datetime(2026, 10, 25, 22, 59, tzinfo=UTC))  # 23 h 59 on the 25th, by winter time
    thread(datetime(2026, 10, 25, 23, 0, tzinfo=UTC))  # midnight
    found = report(Period(LONG_DAY - timedelta(days=1), LONG_DAY + timedelta(days=1)))
    assert [found.of(day).conversations for day in found.spans] == [1, 2, 1]
    only = report(Period(LONG_DAY, LONG_DAY))
    assert only.total().conversations == 2


@pytest.mark.django_db
def test_rates_are_of_the_conversations_that_are_over():
    noon = datetime(2026, 10, 25, 12, tzinfo=UTC)
    thread(noon, Outcome.ONGOING, asked_back=True)
    thread(noon, Outcome.ANSWERED, helpful=True)
    thread(noon, Outcome.ASKED_BACK, asked_back=True, helpful=False)
    for handed_over in HANDED_OVER:
        thread(noon, handed_over, helpful=True)
    thread(noon, Outcome.ABANDONED)
    thread(noon, Outcome.FALLBACK)
    all_ = report(Period(LONG_DAY, LONG_DAY)).total()
    assert (all_.conversations, all_.over, all_.messages) == (8, 7, 16)
    assert all_.containment == pytest.approx(2 / 7), "who gave up is not answered"
    assert all_.escalation == pytest.approx(3 / 7)
    assert all_.handed_over == [("reprise par une personne", 1), ("demande laissée", 1), ("contacts donnés", 1)]
    assert all_.fallback == all_.asking_back == pytest.approx(1 / 7)
    assert (all_.rated, all_.satisfaction) == (5, 0.8)


@pytest.mark.django_db
def test_a_conversation_counts_once_for_each_of_its_topics():
    noon = datetime(2026, 10, 25, 12, tzinfo=UTC)
    thread(noon, topics=["ask_invoice", "where_is_parcel"], seconds=[0.4])
    thread(noon + timedelta(days=1), topics=["where_is_parcel"], seconds=[2.0])
    found = report(Period(LONG_DAY, LONG_DAY + timedelta(days=1)))
    assert [(name, figures.conversations) for name, figures in found.topics] == [
        ("where_is_parcel", 2),
        ("ask_invoice", 1),
    ]
    assert found.total().conversations == 2
    assert found.total("ask_invoice").median == 0.4
    assert found.total("where_is_parcel").median == 2.0


def test_waits_by_tenths_of_a_second():
    waits = dict.fromkeys(range(1, 101), 1)
    figures = Figures()
    figures.waits.update(waits)
    assert (figures.median, figures.p95) == (5.0, 9.5)
    assert Figures().median is None


@pytest.fixture
def client(db):
    user = User.objects.create_user("lea", password="une phrase assez longue")
    user.groups.set([Group.objects.get(name="Lecture")])
    client = Client()
    client.force_login(user)
    return client


def test_a_period_without_conversations_causes_no_error(client):
    answer = client.get(reverse("console:statistics"))
    assert answer.status_code == 200
    assert "Aucune conversation" in answer.content.decode()


@pytest.mark.parametrize(
    "query",
    ["du=hier", "du=2026-02-30", "du=0001-01-01", "au=9999-12-31", "sujet=<b>", "du=2026-11-20&au=2026-11-01",
     "du=2020-01-01&au=2026-01-01"],
)  # fmt: skip
def test_unreadable_input_is_reported(client, query):
    answer = client.get(f"{reverse('console:statistics')}?{query}")
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert client.get(f"{reverse('console:statistics_csv')}?{query}").status_code == 200


def test_the_csv_opens_in_a_french_spreadsheet(client):
    thread(datetime(2026, 10, 25, 12, tzinfo=UTC), topics=["ask_invoice"], helpful=True, seconds=[0.25])
    answer = client.get(f"{reverse('console:statistics_csv')}?du=2026-10-25&au=2026-10-26")
    text = answer.content.decode()
    assert text.startswith("\ufeff")
    head, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")
    assert [(row[0], row[1], row[2]) for row in rows] == [
        ("25/10/2026", "tous", "1"), ("25/10/2026", "Ma facture", "1"), ("26/10/2026", "tous", "0"),
    ]  # fmt: skip
    assert all(len(row) == len(head) for row in rows)
    assert rows[0][head.index("utiles (%)")] == "100,0"
    assert rows[0][head.index("réponse médiane (s)")] == "0,2"
    assert rows[2][head.index("utiles (%)")] == ""


def test_signing_in_is_needed(db):
    for name in ("statistics", "statistics_csv"):
        assert Client().get(reverse(f"console:{name}")).status_code == 302


@pytest.mark.slow
def test_a_long_period_is_shown_by_week(client):
    """A page of 395 rows would be slow and unreadable."""
    first, last = date(2025, 11, 1), date(2026, 11, 30)
    for day in Period(first, last).days:
        thread(datetime(day.year, day.month, day.day, 12, tzinfo=UTC), topics=["ask_invoice"])
    found = Report(daily_aggregates.by_week(Period(first, last), "")["figures"])
    weeks = [(begin, found.of(begin, "ask_invoice").conversations) for begin in found.spans]
    assert weeks[:2] == [(first, 2), (date(2025, 11, 3), 7)]
    assert weeks[-1] == (last, 1)
    assert found.total("ask_invoice").conversations == found.total().conversations == 395
    for begin, span in ((first, "semaine"), (date(2026, 11, 1), "jour")):
        body = client.get(reverse("console:statistics"), {"du": str(begin), "au": str(last)}).content.decode()
        assert f"Par {span}" in body
