"""Reads a request's body within limits of size and time. Django's handler has neither, and writes bodies to disk."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.core.exceptions import RequestAborted

# Long enough for slow connections, which need a second for the longest message. nginx has the same limit
# (deploy/nginx).
SECONDS = 10.0

Receive = Callable[[], Awaitable[Mapping[str, Any]]]


class TooBig(Exception):
    """The body has more bytes than allowed; the rest was not read."""


class TooSlow(Exception):
    """The body was not complete in time."""


async def read(receive: Receive, max_bytes: int, seconds: float | None = None) -> bytes:
    """The body, within this time or SECONDS.

    Raises TooBig, TooSlow, or RequestAborted if the client disconnects.
    """
    try:
        async with asyncio.timeout(seconds or SECONDS):
            return await _read(receive, max_bytes)
    except TimeoutError as fault:
        raise TooSlow from fault


async def _read(receive: Receive, max_bytes: int) -> bytes:
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RequestAborted
        body += message.get("body", b"")
        if len(body) > max_bytes:
            raise TooBig  # uvicorn discards the rest
        more = message.get("more_body", False)
    return bytes(body)
