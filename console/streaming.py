"""Rows streamed under ASGI: Django would read a plain iterator to its end before the first byte leaves."""

from collections.abc import AsyncIterator, Iterator
from itertools import islice

from asgiref.sync import sync_to_async

AT_ONCE = 100


async def streamed(rows: Iterator[str]) -> AsyncIterator[str]:
    """The rows, some at a time; the database is asked in a thread of its own."""
    while some := await sync_to_async(_some)(rows):
        yield some


def _some(rows: Iterator[str]) -> str:
    return "".join(islice(rows, AT_ONCE))
