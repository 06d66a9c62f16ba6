"""Database threads: clean-up after a failed call, and the time-out."""

import asyncio
import gc
import sqlite3
import threading

import pytest
from django.db import DatabaseError, OperationalError, connection

from chat.db_threads import DatabaseThreads, db_write


def open_cursors():
    # Compare types: asking a lazy object for its class would evaluate it.
    return [found for found in gc.get_objects() if issubclass(type(found), sqlite3.Cursor)]


@pytest.mark.django_db(transaction=True)
def test_a_failed_call_leaves_no_cursor_to_garbage_collection():
    """The finaliser of a leaked cursor would run in the event loop's thread, and block it on this connection's lock."""

    def fails():
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")

    gc.collect()
    gc.disable()
    try:
        before = len(open_cursors())
        with pytest.raises(OperationalError):
            asyncio.run(db_write(fails)())
        assert len(open_cursors()) == before
    finally:
        gc.enable()
        asyncio.run(db_write(lambda: connection.close())())


@pytest.mark.django_db(transaction=True)
def test_a_database_that_hangs_is_not_waited_for_and_what_it_was_asked_is_done_in_the_end():
    """A call that finds every thread busy times out too, and is cancelled."""
    answers, begun, done = threading.Event(), [], []

    def hangs(name):
        begun.append(name)
        answers.wait(30)
        done.append(name)

    async def ask(name):
        with pytest.raises(DatabaseError):
            await one(hangs)(name)

    one = DatabaseThreads("test", 1, timeout=0.1)
    asyncio.run(ask("first"))
    asyncio.run(ask("second"))
    answers.set()
    one._executor.shutdown()
    assert begun == done == ["first"]


@pytest.mark.django_db(transaction=True)
def test_a_call_whose_client_leaves_as_its_answer_comes_is_given_up():
    """If the cancellation was lost, the stream of a disconnected client would continue."""

    async def leave():
        calling = asyncio.create_task(one(answered.set)())
        await asyncio.sleep(0)
        # Nothing else runs in this loop meanwhile, so the result and the cancellation arrive together.
        answered.wait(30)
        one._executor.shutdown()
        calling.cancel()
        await asyncio.wait({calling})
        return calling.cancelled()

    one, answered = DatabaseThreads("test", 1, timeout=30), threading.Event()
    assert asyncio.run(leave())
