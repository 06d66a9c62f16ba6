"""Database work on threads: what a failed call leaves behind, and how long one is waited for."""

import asyncio
import gc
import sqlite3
import threading

import pytest
from django.db import DatabaseError, OperationalError, connection

from chat import stored as threads
from chat.stored import Threads, stored


def open_cursors():
    # By type: to ask a lazy object for its class would make it.
    return [found for found in gc.get_objects() if issubclass(type(found), sqlite3.Cursor)]


@pytest.mark.django_db(transaction=True)
def test_a_failed_call_leaves_no_cursor_to_the_collector():
    """It would run in the event loop's thread, and wait there for the lock that this connection waits for."""

    def fails():
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")

    gc.collect()
    gc.disable()
    try:
        before = len(open_cursors())
        with pytest.raises(OperationalError):
            asyncio.run(stored(fails)())
        assert len(open_cursors()) == before
    finally:
        gc.enable()
        asyncio.run(stored(lambda: connection.close())())


@pytest.mark.django_db(transaction=True)
def test_a_database_that_hangs_is_not_waited_for_and_what_it_was_asked_is_done_in_the_end(monkeypatch):
    """Also by who finds every thread waiting: it is not even begun for them."""
    monkeypatch.setattr(threads, "PATIENCE_SECONDS", 0.1)
    answers, begun = threading.Event(), []

    def hangs(name):
        begun.append(name)
        answers.wait(30)
        done.set()

    async def ask(name):
        with pytest.raises(DatabaseError):
            await one(hangs)(name)

    one, done = Threads("test", 1), threading.Event()
    asyncio.run(ask("first"))
    asyncio.run(ask("second"))
    answers.set()
    assert done.wait(30)
    assert begun == ["first"]
