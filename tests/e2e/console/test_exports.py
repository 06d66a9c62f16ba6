"""The export of the filtered list: complete, streamed, masked, and harmless in a spreadsheet."""

import csv
import io
import json
import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from console import exports
from console.models import Thread
from harness.console_client import ConsoleClient
from tests.e2e.console.conftest import CAMILLE, TALKS

pytestmark = pytest.mark.processes


def export(client, kind, query=""):
    answer = client.get(f"{reverse('console:export', args=[kind])}?{query}")
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    return b"".join(answer.streaming_content).decode() if not answer.is_async else read(answer)


def read(answer):
    from asgiref.sync import async_to_sync

    async def all_of():
        return b"".join([part async for part in answer.streaming_content])

    return async_to_sync(all_of)().decode()


def test_jsonl_has_one_row_a_conversation_with_its_messages(agent, threads):
    rows = [json.loads(line) for line in export(agent("manage"), "jsonl").splitlines()]
    assert {row["numéro"] for row in rows} == {thread.pk for thread in threads.values()}
    row = next(row for row in rows if row["numéro"] == threads["invoice"].pk)
    assert row["messages"][0] == {"de": "customer", "texte": TALKS["invoice"][0]}
    assert len(row["messages"]) > 1
    assert row["sujets"] == ["Ma facture"]


def test_the_filter_is_kept_and_nobody_is_named(agent, threads):
    text = export(agent("manage"), "jsonl", "sujet=where_is_parcel")
    rows = [json.loads(line) for line in text.splitlines()]
    assert {row["numéro"] for row in rows} == {threads[name].pk for name in ("parcel", "personal", "button", "attack")}
    for piece in (CAMILLE, "PX48207264", "06 12 34 56 78", "Camille Durand"):
        assert piece not in text


def test_twice_as_many_conversations_cost_the_same_queries(threads):
    def queries(some):
        with CaptureQueriesContext(connection) as caught:
            assert len(list(exports.as_jsonl(Thread.objects.filter(pk__in=some)))) == len(some)
        return len(caught)

    ids = [threads[name].pk for name in ("parcel", "personal", "person", "button", "invoice", "bill")]
    assert queries(ids) == queries(ids[:3])


def test_a_filter_that_cannot_be_read_exports_nothing(agent, threads):
    assert export(agent("manage"), "jsonl", "du=hier") == ""


def test_csv_has_french_values(agent, threads):
    """The CSV is for people: Paris times without microseconds, decimal commas, and no internal names."""
    one = threads["invoice"]
    Thread.objects.filter(pk=one.pk).update(
        started_at=datetime(2026, 7, 1, 22, 5, 9, 123456, UTC), lowest_confidence=0.8567
    )
    text = export(agent("manage"), "csv")
    row = next(row for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")
               if row["numéro"] == str(one.pk))  # fmt: skip
    assert row["commencée"] == "02/07/2026 00:05:09"
    assert row["confiance"] == "0,857"
    assert row["messages"].startswith(f"client\u00a0: {TALKS['invoice'][0]}\nassistant\u00a0: ")
    assert not re.search("customer|bot\u00a0:|agent\u00a0:", text)


def test_csv_runs_nothing_in_a_spreadsheet(agent, threads):
    client = agent("manage")
    client.post(reverse("console:tag", args=[threads["invoice"].pk]), {"etiquette": "=cmd|calc"})
    turn = threads["bill"].turns.first()
    turn.text = "@SUM(1+1)"
    turn.save()
    text = export(client, "csv")
    assert text.startswith("\ufeff")
    head, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")
    assert len(rows) == len(threads)
    for row in rows:
        assert len(row) == len(head)
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "|", "%")) for cell in row), row
    assert any("'=cmd|calc" in cell for row in rows for cell in row)


def test_only_managers_export_and_it_is_audited(agent, threads):
    assert agent("review").get(reverse("console:export", args=["csv"])).status_code == 403
    client = agent("manage")
    export(client, "csv")
    assert "a exporté" in client.get(reverse("console:audit")).content.decode()
    assert client.get(reverse("console:export", args=["xlsx"])).status_code == 404


def test_the_export_is_streamed_by_the_real_server(bot, recorded):
    console = ConsoleClient.signed_in(bot, "manage")
    answer = console.get("export.jsonl")
    assert answer.status == 200
    assert "Content-Length" not in answer.headers
    assert len(answer.raw.splitlines()) >= len(recorded.senders)
