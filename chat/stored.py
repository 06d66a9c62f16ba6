"""Database work off the event loop: on a few threads of this process, each with a connection that lives."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial, wraps
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, close_old_connections

P = ParamSpec("P")
T = TypeVar("T")

# A thread and a connection for each open stream would use up the database's.
_threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="stored")
# A connection that was used just now is not asked whether it lives: that would be one query more for each.
FRESH_SECONDS = 1.0
_last = threading.local()


def stored(function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """The function, to be awaited. Raises what it raises."""

    @wraps(function)
    async def call(*args: P.args, **kwargs: P.kwargs) -> T:
        work = partial(_on_a_living_connection, function, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(_threads, work)

    return call


def _on_a_living_connection(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    if time.monotonic() - getattr(_last, "used", 0.0) > FRESH_SECONDS:
        close_old_connections()
    try:
        return function(*args, **kwargs)
    except DatabaseError:
        # Closed where it broke, so that the next call has a new one.
        close_old_connections()
        raise
    finally:
        _last.used = time.monotonic()
