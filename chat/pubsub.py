"""Publish/subscribe within one web process: wakes readers and the dispatcher at once.

Updates of other processes arrive through chat/pg_notify.py. As a safeguard, readers and the dispatcher also poll the
database every few seconds.
"""

import asyncio
import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from chat.updates import Posted, Updates

# Identifies this process as the holder of leases and the sender of notifications.
WORKER = uuid.uuid4().hex
# Maximum number of updates queued for one reader. With more, the reader reads the database instead, so that a slow
# reader does not fill this process's memory.
MAX_QUEUED = 50


class Subscriber:
    """One reader of a conversation, with the updates that it has not polled yet."""

    def __init__(self) -> None:
        self._queue: list[Updates | None] = []
        self._event = asyncio.Event()
        self._loop = _running_loop()

    def push(self, updates: Updates | None) -> None:
        """Add updates, from any thread.

        The console's views run in threads, where asyncio's events must be set through the loop.
        """
        if self._loop is None or self._loop is _running_loop():
            self._push(updates)
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._push, updates)

    def _push(self, updates: Updates | None) -> None:
        self._queue = [*self._queue, updates] if len(self._queue) < MAX_QUEUED else [None]
        self._event.set()

    async def wait(self, seconds: float) -> None:
        """Return on an update, or after this many seconds."""
        # Not `wait_for`: before Python 3.12, it loses the cancellation if an update arrives at the same time.
        waiting = asyncio.create_task(self._event.wait())
        try:
            await asyncio.wait({waiting}, timeout=seconds)
        finally:
            waiting.cancel()

    def poll(self, after: int) -> Updates | None:
        """The updates since the last call, if they continue after message `after`; None: read the database instead."""
        queue, self._queue = self._queue, []
        self._event.clear()
        merged = None
        for latest in queue:
            if latest is None or not latest.continues_after(after):
                return None
            after = latest.messages[-1].seq
            merged = latest.appended_to(merged)
        return merged


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


_subscribers: dict[uuid.UUID, set[Subscriber]] = defaultdict(set)
posted: asyncio.Queue[Posted] = asyncio.Queue()


@contextmanager
def subscribe(*conversations: uuid.UUID) -> Iterator[Subscriber]:
    """A subscriber to all updates of these conversations until the block ends."""
    subscriber = Subscriber()
    for conversation in conversations:
        _subscribers[conversation].add(subscriber)
    try:
        yield subscriber
    finally:
        for conversation in conversations:
            _subscribers[conversation].discard(subscriber)
            if not _subscribers[conversation]:
                del _subscribers[conversation]


def readers(conversation: uuid.UUID) -> int:
    """How many subscribers the conversation has in this process."""
    return len(_subscribers.get(conversation, ()))


def publish(conversation: uuid.UUID, updates: Updates | None = None) -> None:
    """Wake all readers of the conversation. `updates`: what was added to it, if the caller knows."""
    for subscriber in tuple(_subscribers.get(conversation, ())):
        subscriber.push(updates)
