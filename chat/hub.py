"""News within one web process: a reader waits without asking the database, the dispatcher hears of what is owed.

Another process's news comes through chat/news_elsewhere.py; readers and the dispatcher also look from time to time.
"""

import asyncio
import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chat.conversations import Posted

# This process, among those that work on conversations.
WORKER = uuid.uuid4().hex

_listeners: dict[uuid.UUID, set[asyncio.Event]] = defaultdict(set)
posted: "asyncio.Queue[Posted]" = asyncio.Queue()


@contextmanager
def listen(conversation: uuid.UUID) -> Iterator[asyncio.Event]:
    """An event that is set at each news of the conversation; whoever waits clears it."""
    event = asyncio.Event()
    _listeners[conversation].add(event)
    try:
        yield event
    finally:
        _listeners[conversation].discard(event)
        if not _listeners[conversation]:
            del _listeners[conversation]


def announce(conversation: uuid.UUID) -> None:
    """Wake all readers of the conversation."""
    for event in _listeners.get(conversation, ()):
        event.set()


async def wait(event: asyncio.Event, seconds: float) -> bool:
    """Return at the next news, or after so many seconds; was there any?"""
    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    heard = event.is_set()
    event.clear()
    return heard
