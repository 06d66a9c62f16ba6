"""Allows a large body only for a photo, only with a conversation's token, and only a few at a time.

The body is kept in memory: neither Django nor this process writes it to disk.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from django.conf import settings

from chat import conversations
from chat.updates import ConversationClosed

PATH = "/chat/v1/photos"
MAX_BYTES: int = settings.FILE_UPLOAD_MAX_MEMORY_SIZE
# Time limit of an upload, for a phone on a slow network: the widget's photos have half a megabyte.
SECONDS = 60.0
# Maximum number of uploads that this process receives at the same time.
MAX_CONCURRENT = 8

_slots = asyncio.Semaphore(MAX_CONCURRENT)


class Busy(Exception):
    """MAX_CONCURRENT photos are being received; the client may retry after some seconds."""


def is_photo(scope: dict[str, Any]) -> bool:
    """Whether this request uploads a photo with a conversation's valid token; checked without the database."""
    return scope["path"] == PATH and scope["method"] == "POST" and _has_token(scope)


@asynccontextmanager
async def slot() -> AsyncIterator[None]:
    """Reserve one of the MAX_CONCURRENT uploads until the block ends. Raises Busy instead of waiting."""
    if _slots.locked():
        raise Busy
    async with _slots:
        yield


def _has_token(scope: dict[str, Any]) -> bool:
    _, _, token = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1").partition(" ")
    try:
        conversations.id_from_token(token)
    except ConversationClosed:
        return False
    return True
