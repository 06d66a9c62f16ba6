"""Copying what was said and why: from the events that real conversations left."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from chat.models import Conversation
from console.models import BadRow, Cursor, Outcome, Thread, Turn
from console.sync import threads as syncing
from console.sync.window import BATCH, STEP, STEPS
from console.sync.worker import Worker
from harness.processes import wait_for
from shop import clock
from tests.e2e.console.conftest import CAMILLE, SCRIPT, TALKS, copy_all, write_events

pytestmark = pytest.mark.processes


def everything():
    """All that the worker writes, as it can be compared."""
    threads = list(Thread.objects.order_by("sender").values())
    turns = list(Turn.objects.order_by("source_id").values())
    facets = sorted(Thread.objects.values_list("sender", "facets__kind", "facets__value"))
    return [{k: v for k, v in row.items() if k not in ("id", "thread_id")} for row in threads + turns], facets


def test_every_message_is_explained(threads):
    for name, lines in TALKS.items():
        turns = list(threads[name].turns.all())
        assert len(turns) == len(lines), name
        assert [turn.text for turn in turns if not turn.pressed] == [line for line in lines if line[0] != ">"]
        assert threads[name].unexplained == 0
        for turn in turns:
            assert turn.message_id
            assert turn.intent
            assert turn.actions, turn.text
            assert turn.replies, turn.text
            assert turn.seconds is not None


def test_a_turn_says_what_was_understood_and_remembered(threads):
    first, number, email, _ = threads["parcel"].turns.all()
    assert first.intent == "where_is_parcel"
    assert 0 < first.confidence <= 1
    assert len(first.ranking) >= 2
    assert first.ranking[0]["confidence"] <= first.confidence
    assert (first.form, number.form, email.form) == ("", "order_form", "")
    assert number.slots["order_number"] == "PX48207264"
    assert email.slots["email"] == CAMILLE
    assert {"order_number", "email"} & set(first.slots) == set()
    assert email.replies[0]["card"]["number"] == "PX48207264"
    assert any(action["name"] == "action_look_up" for action in email.actions)


def test_a_button_is_no_text_of_the_customer(threads):
    typed, pressed = threads["button"].turns.all()
    assert (typed.pressed, pressed.pressed) == (False, True)
    assert threads["button"].typed == 1
    assert threads["button"].first_text == TALKS["button"][0]


def test_conversations_of_another_channel_are_there_too(threads):
    assert (threads["rest"].channel, threads["rest"].chat) == ("rest", None)
    assert threads["rest"].topics == ["ask_invoice"]


@pytest.mark.usefixtures("hours_later")
def test_outcomes_and_risks(threads):
    assert threads["invoice"].outcome == Outcome.ANSWERED
    assert threads["lost"].outcome == Outcome.FALLBACK
    assert "fallback" in threads["lost"].risks
    assert threads["person"].outcome == Outcome.ESCALATED
    assert "escalation" in threads["person"].risks
    assert threads["button"].outcome == Outcome.ABANDONED
    assert {"repeated", "thumbs_down"} <= set(threads["again"].risks)
    assert threads["password"].risks == []
    assert threads["parcel"].topics == ["where_is_parcel"]


def test_a_conversation_goes_on_until_it_is_quiet(threads, hours_later):
    assert threads["invoice"].outcome == Outcome.ONGOING
    copy_all()
    assert Thread.objects.get(pk=threads["invoice"].pk).outcome == Outcome.ANSWERED


def test_new_words_and_learnt_lines(threads):
    assert threads["lost"].new_words
    assert not threads["password"].new_words
    assert [turn.known_line for turn in threads["password"].turns.all()] == [True]


def test_a_replay_changes_nothing(threads):
    before = everything()
    Cursor.objects.all().delete()
    copy_all()
    assert everything() == before


def test_a_worker_that_dies_half_way_loses_nothing(store, monkeypatch):
    """The first pass fails at its third conversation, as when the database goes away; the same worker goes on."""
    real, calls = syncing.derive, []

    def failing(*arguments):
        calls.append(1)
        if len(calls) == 3:
            raise DatabaseError("away")
        real(*arguments)

    monkeypatch.setattr(syncing, "derive", failing)
    worker = Worker()
    with pytest.raises(DatabaseError):
        worker.run_once()
    while worker.run_once():
        pass
    assert Thread.objects.count() == len(store.senders)
    assert Turn.objects.count() == sum(1 for row in store.events if row[2] == "user")


def test_rows_that_come_late_are_found_behind_the_cursor(store):
    """An id is given before it is committed: the row of a slow transaction appears below the cursor."""
    late = {row[0] for row in store.events if row[1] == store.senders["invoice"]}
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM events WHERE sender_id = %s", [store.senders["invoice"]])
    worker = Worker()
    while worker.run_once():
        pass
    assert Thread.objects.get(sender=store.senders["invoice"]).unexplained == 1
    write_events([row for row in store.events if row[0] in late])
    while worker.run_once():
        pass
    thread = Thread.objects.get(sender=store.senders["invoice"])
    assert thread.unexplained == 0
    assert thread.turns.count() == 1


def write_others(store, count: int, at: float) -> None:
    """So many events of somebody else, after all that are there."""
    top = max(row[0] for row in store.events)
    started = json.dumps({"event": "session_started", "timestamp": at})
    write_events([(top + n, "somebody-else", "session_started", at, started) for n in range(1, count + 1)])


def test_a_row_that_comes_late_is_found_though_many_were_read_meanwhile(store):
    """Its transaction was held while the others wrote several thousand events."""
    late, now = store.senders["invoice"], clock.now().timestamp()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM events WHERE sender_id = %s", [late])
    write_others(store, 3 * STEP, now)
    worker = Worker()
    while worker.run_once():
        pass
    write_events([(*row[:3], now, row[4]) for row in store.events if row[1] == late])
    wait_for(lambda: worker.run_once() and Turn.objects.filter(thread__sender=late).exists(), 20)
    assert Thread.objects.get(sender=late).unexplained == 0


def test_a_pass_that_leaves_something_for_the_next_one_is_not_complete(store):
    write_others(store, BATCH, clock.now().timestamp())
    worker = Worker()
    worker.run_once()
    assert not worker.complete
    while worker.run_once():
        pass
    assert worker.complete


@pytest.mark.parametrize(("ahead", "steps"), [(-3600, 1), (3600, STEPS)])
def test_the_look_back_ends_at_old_rows_and_soon_where_the_clock_was_put_back(store, monkeypatch, ahead, steps):
    """Where it was put back, all rows of the hour before are of the future."""
    monkeypatch.setattr("console.sync.window.STEP", 10)
    write_others(store, 10 * (STEPS + 5), clock.now().timestamp() + ahead)
    copy_all()
    with CaptureQueriesContext(connection) as asked:
        Worker().run_once()
    back = [query["sql"] for query in asked if 'FROM "events"' in query["sql"] and "DESC" in query["sql"]]
    assert len(back) == steps


def test_an_id_that_is_given_again_after_an_erasure_is_another_row(store):
    """SQLite gives the highest id once more when its row was deleted."""
    gone, worker = store.senders["rest"], Worker()
    while worker.run_once():
        pass
    with connection.cursor() as cursor:
        cursor.execute("UPDATE events SET sender_id = 'next-one' WHERE sender_id = %s", [gone])
    worker.run_once()
    assert Thread.objects.filter(sender="next-one").exists()


def test_a_clock_that_is_put_back_hides_no_rating(threads, monkeypatch):
    worker, now = Worker(), clock.now
    while worker.run_once():
        pass
    monkeypatch.setattr(clock, "now", lambda: now() - timedelta(hours=1))
    Conversation.objects.filter(pk=threads["invoice"].chat_id).update(helpful=True, changed_at=clock.now())
    wait_for(lambda: worker.run_once() and Thread.objects.get(pk=threads["invoice"].pk).helpful, 20)


@pytest.mark.parametrize("broken", ["{", "[]", "null", json.dumps({"event": "user"}), json.dumps({"parse_data": 3})])
def test_a_bad_row_is_set_aside_and_never_a_stop(store, broken):
    pk = next(row[0] for row in store.events if row[2] == "user" and row[1] == store.senders["invoice"])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE events SET data = %s WHERE id = %s", [broken, pk])
    copy_all()
    assert [row.source_id for row in BadRow.objects.all()] == [pk]
    assert Thread.objects.count() == len(store.senders)
    assert Thread.objects.get(sender=store.senders["invoice"]).unexplained == 1
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE events SET data = %s WHERE id = %s", [next(r[4] for r in store.events if r[0] == pk), pk]
        )
    Cursor.objects.all().delete()
    copy_all()
    assert not BadRow.objects.exists()
    assert Thread.objects.get(sender=store.senders["invoice"]).unexplained == 0


def test_an_erased_conversation_is_not_copied_again(threads):
    from chat import conversations

    conversations.erase(threads["attack"].chat_id)
    copy_all()
    assert not Thread.objects.filter(pk=threads["attack"].pk).exists()
    Cursor.objects.all().delete()
    copy_all()
    assert not Turn.objects.filter(text__contains=SCRIPT).exists()


def test_a_rating_arrives(threads):
    chat = threads["again"].chat
    assert (threads["again"].helpful, chat.helpful) == (False, False)
    Conversation.objects.filter(pk=threads["invoice"].chat_id).update(helpful=True, changed_at=threads["again"].last_at)
    copy_all()
    assert Thread.objects.get(pk=threads["invoice"].pk).helpful is True


def test_a_new_session_of_the_same_sender_clears_the_memory(store):
    """Rasa's events of two sessions, one after the other: slots of the first are not in the second."""
    sender = store.senders["rest"]
    rows = [row for row in store.events if row[1] == sender]
    parcel = [row for row in store.events if row[1] == store.senders["parcel"]]
    top = max(row[0] for row in store.events)
    both = [*parcel, *rows]
    write_events([(top + n, "two-sessions", kind, at, data) for n, (_, _, kind, at, data) in enumerate(both, 1)])
    copy_all()
    turns = list(Thread.objects.get(sender="two-sessions").turns.all())
    assert len(turns) == len(TALKS["parcel"]) + 1
    assert "email" in turns[-2].slots
    assert "email" not in turns[-1].slots
