"""Automation: which conversations count as involving the bot, as resolved (confirmed or assumed), and as a return."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat.models import Conversation
from console import bot_data, charts, daily_aggregates
from console.automation import automation_report
from console.indexing.indexer import index_all
from console.models import Thread, Version
from console.statistics import Period
from shop import clock

REFUND, INVOICE = "ask_refund/delay", "ask_invoice/where"


def report(topic=""):
    today = clock.now().date()
    days = daily_aggregates.by_day(Period(today - timedelta(days=29), today))["automation"]
    return automation_report(days, topic)


@pytest.mark.parametrize(
    ("said", "fields", "resolution"),
    [
        ([("quand ?", REFUND)], {}, "assumed"),
        ([("quand ?", REFUND), ("merci beaucoup", "thank")], {}, "confirmed"),
        ([("quand ?", REFUND), ("merci", "thank"), ("au revoir", "goodbye")], {}, "confirmed"),
        ([("quand ?", REFUND), ("bon, merci quand même", "thank")], {}, "assumed"),
        ([("quand ?", REFUND), ("merci", "thank"), ("et ma facture", INVOICE)], {}, "assumed"),
        ([("quand ?", REFUND)], {"helpful": True}, "confirmed"),
        ([("quand ?", REFUND), ("merci", "thank")], {"helpful": False}, "unresolved"),
        ([("quand ?", REFUND), ("un conseiller", "contact_support/contact")], {}, "unresolved"),
        ([("un conseiller", "contact_support/contact")], {}, "absent"),
        ([("bonjour", "greet"), ("merci", "thank")], {}, "absent"),
        ([("et la météo", "out_of_scope")], {}, "unresolved"),
    ],
)
def test_resolved_means_confirmed_by_the_customer_or_without_a_return(talk_of, said, fields, resolution):
    assert talk_of(*said, **fields).resolution == resolution


@pytest.mark.parametrize(
    ("second", "came_back"),
    [
        ({"days": 3}, True),  # from the same connection, about the same
        ({"days": 1.9}, False),  # after more than 72 hours
        ({"days": 3, "address": "192.0.2.2"}, False),
        ({"days": 3, "said": ("ma facture", INVOICE)}, False),
        ({"days": 3, "said": ("un conseiller", "contact_support/contact")}, True),
        ({"days": 3, "address": "192.0.2.2", "said": ("ma facture", INVOICE), "email": "Lea@example.com"}, True),
    ],
)
@pytest.mark.parametrize("again", [False, True], ids=["in order", "indexed the other way round"])
def test_a_conversation_followed_by_a_return_within_72_hours_is_not_resolved(talk_of, second, came_back, again):
    first = talk_of(("quand ?", REFUND), days=5, email="lea@example.com")
    given = dict(second)
    talk_of(given.pop("said", ("quand ?", REFUND)), **given)
    if again:
        Thread.objects.update(came_back=False)
        Conversation.objects.filter(id=first.chat_id).update(unindexed=True)
        index_all()
    first.refresh_from_db()
    assert first.came_back is came_back


def test_automation_is_part_taken_times_resolved(talk_of):
    talk_of(("quand ?", REFUND), ("merci", "thank"), address="192.0.2.1")
    talk_of(("quand ?", REFUND), address="192.0.2.2")
    talk_of(("quand ?", REFUND), address="192.0.2.3", helpful=False)
    talk_of(("un conseiller", "contact_support/contact"), address="192.0.2.4")
    talk_of(("quand ?", REFUND), address="192.0.2.5", days=1)
    found = report()
    assert (found.total.conversations, found.total.took_part, found.waiting) == (4, 3, 1)
    assert (found.total.confirmed, found.total.assumed) == (1, 1)
    assert found.total.involvement * found.total.resolution == pytest.approx(found.total.automation)
    assert found.total.automation == 0.5
    assert sum(one.conversations for one in found.spans.values()) == 4
    refund = report("ask_refund")
    assert refund.total.conversations == 3
    assert list(refund.by["sujet"]) == ["Mon remboursement"]


def test_each_question_and_version_has_its_figures(talk_of):
    Version.objects.create(number=14, state="ready", model="b" * 32)
    talk_of(("quand ?", REFUND), ("et ma facture", INVOICE), model="b" * 32)
    talk_of(("ma facture", INVOICE), model="a" * 32, address="192.0.2.9", helpful=False)
    by = report().by
    assert {name: one.resolved for name, one in by["version"].items()} == {"version 14": 1, "modèle installé": 0}
    assert [one.conversations for one in by["question"].values()] == [2, 1]


def test_the_page_and_the_file_say_the_same_in_french(talk_of, agent):
    talk_of(("quand ?", REFUND), ("merci", "thank"))
    talk_of(("quand ?", REFUND), address="192.0.2.3", helpful=False)
    talk_of(("quand ?", REFUND), address="192.0.2.4", helpful=False)
    client = agent("read")
    page = client.get(reverse("console:statistics")).content.decode()
    assert "33\u202f%" in page or "33\u00a0%" in page
    sent = client.get(reverse("console:automation_csv"))
    text = sent.content.decode()
    assert text.startswith("\ufeffpar;")
    rows = {(row["\ufeffpar"], row["qui ou quoi"]): row for row in csv.DictReader(io.StringIO(text), delimiter=";")}
    assert rows["", "tous"]["automatisation (%)"] == "33,3"
    day = clock.now() - timedelta(days=5)
    assert rows["jour", f"{day:%d/%m/%Y}"]["conversations"] == "3"


def test_questions_and_versions_have_charts_of_the_most_frequent_ones(talk_of, agent, monkeypatch):
    Version.objects.create(number=14, state="ready", model="b" * 32)
    talk_of(("quand ?", REFUND), ("merci", "thank"), model="b" * 32)
    talk_of(("quand ?", REFUND), address="192.0.2.3", model="b" * 32)
    talk_of(("quand ?", REFUND), ("ma facture", INVOICE), address="192.0.2.4", helpful=False)
    client = agent("read")
    drawn = statistics_page(client).context["charts"]
    questions, versions = drawn["automation_question"], drawn["automation_version"]
    assert questions["labels"] == [bot_data.intent_title(REFUND), bot_data.intent_title(INVOICE)]
    assert questions["counts"] == ["3 conversations", "1 conversation"]
    assert [one["values"] for one in questions["sets"]] == [[33.3, 0.0], [33.3, 0.0]], "confirmed, assumed"
    assert versions["labels"] == ["version 14", "modèle installé"]
    monkeypatch.setattr(charts, "MAX_BARS", 1)
    page = statistics_page(client)
    assert page.context["charts"]["automation_question"]["counts"] == ["3 conversations"]
    assert 'data-chart="automation_version"' in page.content.decode()


def statistics_page(client):
    return client.get(reverse("console:statistics"))


@pytest.mark.slow
def test_the_queries_are_the_same_for_any_number_of_conversations(talk_of):
    counts = []
    for n in (1, 4):
        for _ in range(n):
            talk_of(("quand ?", REFUND), ("et ma facture", INVOICE))
        with CaptureQueriesContext(connection) as queries:
            report()
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 9
