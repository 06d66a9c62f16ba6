"""The Rasa processes: which one serves a conversation, and which of them are healthy."""

import asyncio
import hashlib
import logging
from contextlib import suppress

import aiohttp
from django.conf import settings

logger = logging.getLogger(__name__)


def by_rendezvous_hash(conversation: str, urls: list[str]) -> list[str]:
    """The processes in this conversation's order of preference. Adding or removing one does not reorder the others."""
    return sorted(urls, key=lambda url: hashlib.sha256(f"{conversation} {url}".encode()).digest())


class NotTheBot(Exception):
    """The response is not the bot's, for example a proxy's error page."""


async def check_health(session: aiohttp.ClientSession, url: str, seconds: float) -> None:
    """Raise aiohttp.ClientError, TimeoutError, ValueError or NotTheBot unless the bot's health page reports « ok ».

    The body is checked too, because a proxy may answer 200 with its own page or with half of the response.
    """
    timeout = aiohttp.ClientTimeout(total=seconds)
    async with session.get(f"{url}/webhooks/chat/health", timeout=timeout, raise_for_status=True) as response:
        page = await response.json()
    if not isinstance(page, dict) or page.get("status") != "ok" or not page.get("model"):
        raise NotTheBot


class Backends:
    """Addresses and health of the processes; `watch` checks them. A single process is always used, healthy or not."""

    def __init__(self, urls: list[str], session: aiohttp.ClientSession) -> None:
        self._urls = urls
        self._session = session
        self._unhealthy: dict[str, asyncio.Event] = {url: asyncio.Event() for url in urls}

    def choose(self, conversation: str) -> str:
        """The first healthy process in the conversation's order; if none is healthy, the first."""
        order = by_rendezvous_hash(conversation, self._urls)
        return next(filter(self.is_healthy, order), order[0])

    def is_healthy(self, url: str) -> bool:
        return not self._unhealthy[url].is_set()

    def mark_unhealthy(self, url: str) -> None:
        """Use the next process in each conversation's order, until a health check succeeds again."""
        if len(self._urls) > 1 and self.is_healthy(url):
            logger.warning("a Rasa process does not answer: %s", url)
            self._unhealthy[url].set()

    async def wait_unhealthy(self, url: str) -> None:
        await self._unhealthy[url].wait()

    async def watch(self) -> None:
        """Check the health of each process periodically, until cancelled."""
        if len(self._urls) > 1:
            await asyncio.gather(*(self._watch(url) for url in self._urls))

    async def _watch(self, url: str) -> None:
        # One task per process, so that one that hangs does not delay the checks of the others.
        while True:
            await self._check(url)
            await asyncio.sleep(settings.CHAT_BOT_CHECK_SECONDS)

    async def _check(self, url: str) -> None:
        healthy = False
        with suppress(aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError, NotTheBot):
            await check_health(self._session, url, settings.CHAT_BOT_CHECK_TIMEOUT)
            healthy = True
        if healthy:
            self._unhealthy[url].clear()
        else:
            self.mark_unhealthy(url)
