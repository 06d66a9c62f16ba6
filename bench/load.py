"""Load: concurrent customers send one message after the other; their waiting times are measured."""

import asyncio
import itertools
import json
import math
import time
import uuid
from abc import ABC, abstractmethod
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any

import aiohttp
import numpy as np

from harness.project import heldout_lines, heldout_sets

TIMEOUT_SECONDS = 120
# After this many messages, a customer starts a new conversation.
MESSAGES_A_CONVERSATION = 10
# The prefix of a state event in the stream.
STATE = b'data: {"answered"'
# With an empty PROXY, uvicorn trusts the header X-Forwarded-For, so that each customer has its own address. The
# console's indexer runs as often as in a deployment; in tests, it runs more often (harness/processes.py).
AS_SERVED = {"PROXY": "", "CONSOLE_INDEX_SECONDS": "2"}


@dataclass(frozen=True)
class Load:
    """`waits`: seconds until each message was answered; `seconds`: duration of the whole run."""

    waits: list[float]
    seconds: float

    @property
    def throughput(self) -> float:
        """Answered messages per second."""
        return len(self.waits) / self.seconds

    def percentile(self, share: int) -> float:
        """The percentile `share` of the waits, in milliseconds."""
        return float(1000 * np.percentile(self.waits, share))


class Customer(ABC):
    """One conversation."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session = session
        self.url = url

    async def begin(self) -> None:  # noqa: B027 - not every channel opens its conversations
        """Open the conversation (not timed)."""

    @abstractmethod
    async def say(self, text: str) -> None:
        """Send the text, and wait for the complete answer."""

    async def end(self) -> None:  # noqa: B027
        """End the conversation."""


class RestCustomer(Customer):
    """A customer on Rasa's REST channel, of our bot or of the stock project."""

    async def begin(self) -> None:
        self.sender = uuid.uuid4().hex

    async def say(self, text: str) -> None:
        message = {"sender": self.sender, "message": text}
        async with self.session.post(f"{self.url}/webhooks/rest/webhook", json=message) as response:
            replies = await response.json()
            if response.status != 200 or not replies:
                raise RuntimeError(f"status {response.status}, {len(replies)} replies")


class ChatCustomer(Customer):
    """A customer on the public chat API, like the widget: post, acknowledgement, answer on the stream."""

    async def begin(self) -> None:
        self._headers = {"X-Forwarded-For": str(IPv4Address(uuid.uuid4().int % 2**32))}
        async with self._call("POST", "conversations") as response:
            self._headers["Authorization"] = f"Bearer {(await response.json())['token']}"
        self._answered: asyncio.Queue[int | None] = asyncio.Queue()
        self._listening = asyncio.create_task(self._listen())

    async def say(self, text: str) -> None:
        message = {"client_id": str(uuid.uuid4()), "text": text}
        async with self._call("POST", "messages", json=message) as response:
            asked = (await response.json())["seq"]
        answered: int | None = 0
        while answered is not None and answered < asked:
            answered = await self._answered.get()
        if answered is None:
            raise RuntimeError("the stream ended")

    async def end(self) -> None:
        self._listening.cancel()

    async def _listen(self) -> None:
        try:
            async with self._call("GET", "stream", timeout=aiohttp.ClientTimeout(total=None)) as stream:
                async for line in stream.content:
                    if line.startswith(STATE):
                        self._answered.put_nowait(json.loads(line.removeprefix(b"data: "))["answered"])
        finally:
            self._answered.put_nowait(None)

    def _call(self, method: str, path: str, **options: Any) -> Any:
        return self.session.request(method, f"{self.url}/chat/v1/{path}", headers=self._headers, **options)


def lines() -> list[str]:
    """The held-out lines, in the same random order in every run."""
    found = [line for name in heldout_sets() for _, line in heldout_lines(name)]
    return [found[i] for i in np.random.default_rng(0).permutation(len(found))]


async def run(kind: type[Customer], url: str, clients: int, seconds: float, rate: float = math.inf) -> Load:
    """Run `clients` customers for `seconds`.

    Each sends when its last message is answered; all together send at most `rate` messages per second.
    """
    texts = itertools.cycle(lines())
    waits: list[float] = []
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0)) as session:
        begin = time.perf_counter()
        end = begin + seconds

        async def write() -> None:
            while time.perf_counter() < end:
                customer = kind(session, url)
                await customer.begin()
                for _ in range(MESSAGES_A_CONVERSATION):
                    if (asked := time.perf_counter()) >= end:
                        break
                    await customer.say(next(texts))
                    waits.append(time.perf_counter() - asked)
                    await asyncio.sleep(clients / rate - waits[-1])
                await customer.end()

        await asyncio.gather(*(write() for _ in range(clients)))
        return Load(waits, time.perf_counter() - begin)


async def talk(customer: Customer, turns: int) -> float:
    """Median milliseconds per message of one conversation, sent one after the other."""
    return float(np.median([await _waited(customer, text) for text in itertools.islice(lines(), turns)]))


async def side_by_side(ways: list[tuple[type[Customer], str]], messages: int) -> list[list[float]]:
    """Milliseconds per message and channel, alternating, so that the machine's load affects all channels alike."""
    waits = []
    texts = itertools.cycle(lines())
    async with aiohttp.ClientSession() as session:
        while len(waits) < messages:
            customers = [kind(session, url) for kind, url in ways]
            for customer in customers:
                await customer.begin()
            for text in itertools.islice(texts, MESSAGES_A_CONVERSATION):
                waits.append([await _waited(customer, text) for customer in customers])
            for customer in customers:
                await customer.end()
    return waits


async def _waited(customer: Customer, text: str) -> float:
    """Send the text; return the milliseconds until the answer."""
    asked = time.perf_counter()
    await customer.say(text)
    return 1000 * (time.perf_counter() - asked)
