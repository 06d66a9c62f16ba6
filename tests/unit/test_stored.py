"""Database work on threads: what a failed call leaves behind."""

import asyncio
import gc
import sqlite3

import pytest
from django.db import OperationalError, connection

from chat.stored import stored


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
