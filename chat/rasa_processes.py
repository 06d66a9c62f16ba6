"""The Rasa processes: which one a conversation goes to, and which of them are well."""

import asyncio
import hashlib
import logging
from contextlib import suppress

import aiohttp

LOOK_EVERY_SECONDS = 1.0
# A process that works answers long before, also when many messages wait in it.
PATIENCE_SECONDS = 4.0

logger = logging.getLogger(__name__)


def ranked(conversation: str, urls: list[str]) -> list[str]:
    """Rendezvous hash: each conversation has an order of its own, which keeps when a process comes or goes."""
    return sorted(urls, key=lambda url: hashlib.sha256(f"{conversation} {url}".encode()).digest())


class RasaProcesses:
    """Their addresses; `watch` keeps the knowledge of who is well fresh. One alone is asked whatever it looks like."""

    def __init__(self, urls: list[str], session: aiohttp.ClientSession) -> None:
        self._urls = urls
        self._session = session
        self._ill: dict[str, asyncio.Event] = {url: asyncio.Event() for url in urls}

    def of(self, conversation: str) -> str:
        """The first in the conversation's order that is well, or else the first."""
        order = ranked(conversation, self._urls)
        return next(filter(self.is_well, order), order[0])

    def is_well(self, url: str) -> bool:
        """As far as is known."""
        return not self._ill[url].is_set()

    def is_ill(self, url: str) -> None:
        """It was just seen not to answer: the next in a conversation's order is asked, until it is seen to be well."""
        if len(self._urls) > 1 and self.is_well(url):
            logger.warning("a Rasa process does not answer: %s", url)
            self._ill[url].set()

    async def until_ill(self, url: str) -> None:
        await self._ill[url].wait()

    async def watch(self) -> None:
        """Look at each of them again and again, until cancelled."""
        if len(self._urls) > 1:
            await asyncio.gather(*(self._watch(url) for url in self._urls))

    async def _watch(self, url: str) -> None:
        # Each by itself: one that hangs keeps nobody from seeing that another is back.
        while True:
            await self._look(url)
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def _look(self, url: str) -> None:
        well = False
        timeout = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
        with suppress(aiohttp.ClientError, asyncio.TimeoutError, OSError):
            async with self._session.get(f"{url}/webhooks/chat/health", timeout=timeout) as response:
                well = response.status == 200
        if well:
            self._ill[url].clear()
        else:
            self.is_ill(url)
