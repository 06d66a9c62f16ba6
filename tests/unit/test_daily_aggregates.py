"""The statistics' daily aggregates are never outdated, and a page reads few rows."""

import json
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat import conversations
from chat.models import Conversation, ServicePeriod
from console import daily_aggregates
from console.indexing.indexer import index_all
from console.models import DayTally, Thread, WeekTally
from console.privacy import erase, retention
from console.statistics import Period, monday
from shop import clock

pytestmark = pytest.mark.slow

REFUND, INVOICE = "ask_refund/delay", "ask_invoice/where"
DAYS = 20


def period():
    today = clock.paris_date(clock.now())
    return Period(today - timedelta(days=DAYS - 1), today)


def plain(counted):
    """The aggregates after JSON, without days on which nothing was counted."""
    return json.loads(json.dumps({part: {str(day): of for day, of in days.items()} for part, days in counted.items()}))


def shown():
    """What the pages show: by day, and by week for all topics and for one."""
    weeks = [daily_aggregates.by_week(period(), topic) for topic in ("", "ask_refund")]
    for topic, parts in zip(("", "ask_refund"), weeks, strict=True):
        parts["team"] = {begin: topics.get(topic, {}) for begin, topics in parts["team"].items()}
    return [plain(counted) for counted in (daily_aggregates.by_day(period()), *weeks)]


def is_true():
    """Whether the statistics are those of the conversations, computed again."""
    before = shown()
    stored = list(DayTally.objects.all())
    DayTally.objects.all().delete()
    fresh = shown()
    DayTally.objects.bulk_create(stored)
    return before == fresh


def stored_days():
    return DayTally.objects.filter(tally__isnull=False).count()


@pytest.fixture
def final(talk_of):
    """A conversation of ten days ago, in which a person answered too; all final days and their weeks are stored."""
    talk_of(("quand ?", REFUND), days=DAYS - 1, address="192.0.2.8")
    thread = talk_of(("quand ?", REFUND), ("et ma facture", INVOICE), days=10, email="a@example.com")
    begun = thread.started_at
    ServicePeriod.objects.create(conversation=thread.chat, waiting=True, asked_at=begun, begun_at=begun, ended_at=begun)
    while daily_aggregates.store_final():
        pass
    assert stored_days() == DAYS - 4
    assert WeekTally.objects.filter(monday=monday(clock.paris_date(begun))).exists()
    return thread


def write_again(thread, talk_of):
    conversations.post_text(thread.chat_id, uuid.uuid4(), "et mon colis ?", "worker")
    index_all()


def rate(thread, talk_of):
    Conversation.objects.filter(pk=thread.chat_id).update(helpful=False, unindexed=True)
    index_all()


def erase_message(thread, talk_of):
    erase.erase_message(thread, thread.chat.messages.get(seq=1))


def erase_all(thread, talk_of):
    erase.erase_thread(thread, None)


def erase_by_customer(thread, talk_of):
    conversations.erase(thread.chat_id)
    index_all()


def purge(thread, talk_of):
    retention.purge(clock.now() - timedelta(days=9))


def come_back(thread, talk_of):
    talk_of(("toujours rien", REFUND), days=8, address="192.0.2.7", email="a@example.com")


CHANGES = [write_again, rate, erase_message, erase_all, erase_by_customer, purge, come_back]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_of_a_final_day_is_in_its_figures(final, talk_of, change, monkeypatch):
    monkeypatch.setattr(erase, "erase_in_rasa", lambda senders: None)
    monkeypatch.setattr(retention, "erase_in_rasa", lambda senders: None)
    before = shown()
    change(final, talk_of)
    assert all(now != then for now, then in zip(shown(), before, strict=True))
    assert is_true()
    while daily_aggregates.store_final():
        pass
    assert is_true()


def test_a_day_is_stored_once_all_its_conversations_ended_72_hours_ago(talk_of):
    talk_of(("quand ?", REFUND), days=6)
    going_on = talk_of(("et ma facture", INVOICE), days=5)
    Thread.objects.filter(pk=going_on.pk).update(last_at=clock.now() - timedelta(days=2))
    DayTally.objects.all().delete()
    while daily_aggregates.store_final():
        pass
    today = clock.paris_date(clock.now())
    days = set(DayTally.objects.filter(tally__isnull=False).values_list("day", flat=True))
    assert days == {today - timedelta(days=n) for n in (4, 6)}
    assert is_true()


def test_a_change_while_the_day_is_computed_is_not_lost(final, monkeypatch):
    DayTally.objects.all().delete()
    count = daily_aggregates._computed

    def counted_too_early(days):
        found = count(days)
        erase.changed_days.mark([final])
        final.delete()
        return found

    monkeypatch.setattr(daily_aggregates, "_computed", counted_too_early)
    daily_aggregates.store_final()
    monkeypatch.undo()
    assert is_true()


def fill(talk_of, each):
    """Create this many conversations on each day."""
    for day in range(DAYS):
        for n in range(each):
            talk_of(("quand ?", REFUND), days=day, address=f"192.0.2.{n}")


def test_the_page_reads_a_row_a_day_and_counts_the_last_days_only(talk_of, agent, monkeypatch):
    client, address = agent("read"), reverse("console:statistics")
    asked, count, queries = [], daily_aggregates._computed, []
    for each in (1, 2):
        fill(talk_of, each)
        while daily_aggregates.store_final():
            pass
        monkeypatch.setattr(daily_aggregates, "_computed", lambda days: asked.append(days) or count(days))
        with CaptureQueriesContext(connection) as caught:
            page = client.get(address, {"du": str(period().first), "au": str(period().last)})
        monkeypatch.undo()
        assert page.status_code == 200
        queries.append(len(caught))
    assert queries[0] == queries[1] <= 30
    assert max(map(len, asked)) <= 4, "today and those of the last 72 hours"


def test_thirteen_months_read_a_row_a_week_and_the_days_of_no_whole_week(talk_of, agent, monkeypatch):
    client, address = agent("read"), reverse("console:statistics")
    today = clock.paris_date(clock.now())
    monkeypatch.setattr(daily_aggregates, "DAYS_PER_PASS", 400)
    read, of_days, queries = [], daily_aggregates._of_days, []
    for each in (1, 2):
        talk_of(("quand ?", REFUND), days=394)
        fill(talk_of, each)
        while daily_aggregates.store_final():
            pass
        monkeypatch.setattr(daily_aggregates, "_of_days", lambda days: read.append(days) or of_days(days))
        with CaptureQueriesContext(connection) as caught:
            page = client.get(address, {"du": str(today - timedelta(days=394)), "au": str(today)})
        monkeypatch.setattr(daily_aggregates, "_of_days", of_days)
        assert "Par semaine" in page.content.decode()
        queries.append(len(caught))
    assert queries[0] == queries[1] <= 30
    assert max(map(len, read)) <= 16
