"""News within one web process: a reader waits without asking the database, the dispatcher hears of what is owed.

Another process's news comes through chat/news_elsewhere.py; readers and the dispatcher also look from time to time.
"""

import asyncio
import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chat.conversations import Posted
    from chat.news import News

# This process, among those that work on conversations.
WORKER = uuid.uuid4().hex


class Listener:
    """One reader's ear."""

    def __init__(self) -> None:
        self._told: list[News | None] = []
        self._event = asyncio.Event()

    def tell(self, news: "News | None") -> None:
        self._told.append(news)
        self._event.set()

    async def wait(self, seconds: float) -> None:
        """Return when something was told, or after so many seconds."""
        # Not `wait_for`: where news and the client's leaving come together, it loses the latter (Python 3.10).
        waiting = asyncio.create_task(self._event.wait())
        try:
            await asyncio.wait({waiting}, timeout=seconds)
        finally:
            waiting.cancel()

    def heard(self, after: int) -> "News | None":
        """What was told since the last call, if it goes on where the reader is; None: the database is to be asked."""
        told, self._told = self._told, []
        self._event.clear()
        news = None
        for latest in told:
            if latest is None or not latest.goes_on_after(after):
                return None
            after = latest.messages[-1].seq
            news = latest.behind(news)
        return news


_listeners: dict[uuid.UUID, set[Listener]] = defaultdict(set)
posted: "asyncio.Queue[Posted]" = asyncio.Queue()


@contextmanager
def listen(conversation: uuid.UUID) -> Iterator[Listener]:
    """Who hears all news of the conversation from here on."""
    listener = Listener()
    _listeners[conversation].add(listener)
    try:
        yield listener
    finally:
        _listeners[conversation].discard(listener)
        if not _listeners[conversation]:
            del _listeners[conversation]


def announce(conversation: uuid.UUID, news: "News | None" = None) -> None:
    """Wake all readers of the conversation. `news`: what was added to it, where that is known here."""
    for listener in _listeners.get(conversation, ()):
        listener.tell(news)
