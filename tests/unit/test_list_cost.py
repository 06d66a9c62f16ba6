"""The pages' work does not grow with the number of conversations: their queries, and the steps that SQLite takes.

Two are not tested: a search, which reads the list until its page is full, and the queue's success rate.
"""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat.models import Conversation
from console.models import Asking, Facet, FacetKind, OpenQuestion, Thread, Turn
from console.paging import key
from console.training import unanswered
from shop import clock

pytestmark = pytest.mark.slow

FEW, MANY = 2_000, 8_000
# Steps of SQLite's virtual machine between two calls of the counter.
STEPS = 100


def fill(count):
    now, start = clock.now(), Thread.objects.count()
    chats = Conversation.objects.bulk_create(Conversation(expires_at=now, last_at=now) for _ in range(count))
    threads = Thread.objects.bulk_create(
        Thread(
            sender=chat.id.hex, chat=chat, started_at=now - timedelta(minutes=start + number), last_at=now,
            first_text="où est mon colis", outcome="answered", topics=["where_is_parcel"], typed=1, indexed=1,
        )
        for number, chat in enumerate(chats)
    )  # fmt: skip
    Facet.objects.bulk_create(
        Facet(thread=one, kind=FacetKind.TOPIC, value="where_is_parcel", started_at=one.started_at) for one in threads
    )
    Facet.objects.bulk_create(
        Facet(thread=one, kind=FacetKind.CUSTOMER, value=f"{one.pk // 4}", started_at=one.started_at) for one in threads
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@contextmanager
def counted():
    steps = [0]

    def count():
        steps[0] += STEPS

    connection.connection.set_progress_handler(count, STEPS)
    try:
        yield steps
    finally:
        connection.connection.set_progress_handler(None, 0)


def costs(client):
    """{page: (queries, steps)}"""
    last, newest = Thread.objects.order_by("started_at", "id")[30], Thread.objects.first()
    pages = {
        "list": "", "last page": f"?apres={key(last).replace('+', '%2B')}", "topic": "?sujet=where_is_parcel",
        "outcome": "?issue=answered", "none": "?issue=fallback",
        "conversation": f"conversations/{newest.pk}/", "inbox": "boite/", "talk": f"boite/?c={newest.sender}",
        "team": "equipe/",
    }  # fmt: skip
    found = {}
    for name, address in pages.items():
        client.get(reverse("console:threads") + address)
        with CaptureQueriesContext(connection) as queries, counted() as steps:
            assert client.get(reverse("console:threads") + address).status_code == 200
            number = len(queries)
        found[name] = (number, steps[0])
    return found


@pytest.mark.skipif(connection.vendor != "sqlite", reason="counts SQLite's steps")
def test_the_work_for_a_page_does_not_grow_with_the_conversations(agent):
    client = agent("manage")
    fill(FEW)
    few = costs(client)
    fill(MANY - FEW)
    many = costs(client)
    assert {name: queries for name, (queries, _) in many.items()} == {
        name: queries for name, (queries, _) in few.items()
    }
    grown = {
        name: (few[name][1], steps) for name, (_, steps) in many.items() if steps > 1.2 * few[name][1] + 10 * STEPS
    }
    assert not grown


def queries_of(client, name, *arguments, **query):
    address = reverse(f"console:{name}", args=arguments)
    assert client.get(address, query).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        client.get(address, query)
    return len(queries)


def test_the_queries_do_not_grow_with_the_groups_of_unanswered_messages(agent, monkeypatch):
    """In « Incompris », « Questions sans réponse » and a correction's form, with the customers' names to mask."""
    monkeypatch.setattr(unanswered, "compute", lambda *_: [[n, n + 1, n + 2] for n in range(0, len(known), 3)])
    client, known, counts = agent("review"), [], []
    for number in (2, 6):
        fill(3 * number)
        threads = Thread.objects.exclude(pk__in=[turn.thread_id for turn in known])
        turns = Turn.objects.bulk_create(
            Turn(thread=one, seq=1, at=clock.now(), text=f"phrase {one.pk}", unanswered=True, slots={"email": "a@b.fr"})
            for one in threads
        )
        known += turns
        groups = queries_of(client, "unanswered")
        for first in range(0, len(turns), 3):
            question = OpenQuestion.objects.create()
            Asking.objects.bulk_create(Asking(question=question, turn=one) for one in turns[first : first + 3])
        counts.append([groups, queries_of(client, "open_questions"), queries_of(client, "correct", known[0].pk)])
        Asking.objects.all().delete()
    assert counts[0] == counts[1]
