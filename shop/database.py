"""Runs database calls outside the event loop: on a few threads, each with a connection of its own."""

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

# Seconds until a call to a hanging database fails: longer than the wait for a lock (web/settings_base.py), and short
# enough to answer the customer within five seconds.
CALL_TIMEOUT = 4.5
# A connection used within this time needs no health check, which would be one more query for each call.
FRESH_SECONDS = 1.0
_last = threading.local()


class DatabaseTimeout(DatabaseError):
    """The database did not answer in time. The call may still take effect."""


class DatabaseThreads:
    """`threads(function)` returns a coroutine function, which raises DatabaseTimeout after `timeout` seconds."""

    def __init__(self, name: str, count: int, timeout: float = CALL_TIMEOUT) -> None:
        self._timeout = timeout
        self._executor = ThreadPoolExecutor(count, thread_name_prefix=name)

    def __call__(self, function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
        @wraps(function)
        async def call(*args: P.args, **kwargs: P.kwargs) -> T:
            work = partial(_with_live_connection, function, *args, **kwargs)
            future = asyncio.get_running_loop().run_in_executor(self._executor, work)
            # Not `wait_for`: before Python 3.12, it ignores a cancellation that coincides with the result.
            try:
                await asyncio.wait({future}, timeout=self._timeout)
                if not future.done():
                    raise DatabaseTimeout
                return future.result()
            finally:
                future.cancel()

        return call


def _with_live_connection(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    if time.monotonic() - getattr(_last, "used", 0.0) > FRESH_SECONDS:
        close_old_connections()
    try:
        return function(*args, **kwargs)
    except DatabaseError as fault:
        # Closed in the thread of the broken connection, so that its next call opens a new one.
        close_old_connections()
        _release_cursors(fault)
        raise
    finally:
        _last.used = time.monotonic()


def _release_cursors(fault: BaseException | None) -> None:
    """Clear the exception's frames, in the thread of their connection.

    Otherwise the garbage collector finalises their cursors later, in the event loop's thread, where SQLite blocks while
    this connection's next statement waits for a lock: the whole process would hang for seconds.
    """
    while fault:
        traceback.clear_frames(fault.__traceback__)
        fault = fault.__cause__ or fault.__context__
