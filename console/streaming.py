"""Streams rows under ASGI, where Django would read all of a plain iterator before it sends the first byte."""

from collections.abc import AsyncIterator, Iterator
from itertools import islice

from asgiref.sync import sync_to_async

BATCH_SIZE = 100


async def streamed(rows: Iterator[str]) -> AsyncIterator[str]:
    """The rows in chunks; the database is queried in a thread."""
    while some := await sync_to_async(_some)(rows):
        yield some


def _some(rows: Iterator[str]) -> str:
    return "".join(islice(rows, BATCH_SIZE))
