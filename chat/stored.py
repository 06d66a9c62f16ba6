"""Database work off the event loop: on a few threads of this process, each with a connection that lives."""

import asyncio
import threading
import time
import traceback
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial, wraps
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, close_old_connections

P = ParamSpec("P")
T = TypeVar("T")

# A database that hangs says nothing at all. Longer than one that is locked is waited for (web/settings.py), and short
# enough for the customer to be told so within five seconds.
PATIENCE_SECONDS = 4.5
# Who waits for an answer looks every two seconds (chat/news.py), and is to be told within five as well; no lock keeps
# anybody from reading.
READING_PATIENCE_SECONDS = 2.5
# A connection that was used just now is not asked whether it lives: that would be one query more for each.
FRESH_SECONDS = 1.0
_last = threading.local()


class NoAnswer(DatabaseError):
    """The database said nothing for too long. What was asked of it may still be done."""


class Threads:
    """`threads(function)` is the function, to be awaited. Raises what it raises; NoAnswer after `patience` seconds."""

    def __init__(self, name: str, count: int, patience: float = PATIENCE_SECONDS) -> None:
        self._patience = patience
        self._executor = ThreadPoolExecutor(count, thread_name_prefix=name)

    def __call__(self, function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
        @wraps(function)
        async def call(*args: P.args, **kwargs: P.kwargs) -> T:
            work = partial(_on_a_living_connection, function, *args, **kwargs)
            asked = asyncio.get_running_loop().run_in_executor(self._executor, work)
            # Not `wait_for`: where answer and leaving of the client come together, it loses the latter (Python 3.10).
            try:
                await asyncio.wait({asked}, timeout=self._patience)
                if not asked.done():
                    raise NoAnswer
                return asked.result()
            finally:
                asked.cancel()

        return call


# A thread and a connection for each open stream would use up the database's.
stored = Threads("stored", 8)
# Who only reads waits behind nobody who waits until something may be written.
reading = Threads("reading", 4, READING_PATIENCE_SECONDS)
# What keeps a conversation with this process waits behind no customer's call.
leased = Threads("leased", 2)


def _on_a_living_connection(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    if time.monotonic() - getattr(_last, "used", 0.0) > FRESH_SECONDS:
        close_old_connections()
    try:
        return function(*args, **kwargs)
    except DatabaseError as fault:
        # Closed where it broke, so that the next call has a new one.
        close_old_connections()
        _let_go_of_cursors(fault)
        raise
    finally:
        _last.used = time.monotonic()


def _let_go_of_cursors(fault: BaseException | None) -> None:
    """Clear the frames that the fault went through, here in the thread of their connection.

    Else the collector finds their cursors later, in the event loop's thread, and SQLite has that one wait as long as
    this connection's next statement waits for a lock: for seconds the whole process would answer nobody.
    """
    while fault:
        traceback.clear_frames(fault.__traceback__)
        fault = fault.__cause__ or fault.__context__
