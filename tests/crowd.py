"""Customers at once, each of whom sends again what was not acknowledged; and the count of what became of it all."""

import asyncio
import ssl
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.processes import Processes

PATIENCE_SECONDS = 240
AGAIN_SECONDS = 0.3


@dataclass
class Customer:
    """One conversation. `acknowledged`: number and text of each message that the chat took in."""

    url: str
    session: aiohttp.ClientSession
    token: str = ""
    acknowledged: list[tuple[int, str]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def conversation(self) -> str:
        return self.token.split(":")[0]

    async def open(self) -> None:
        self.token = (await self._until(201, "POST", "conversations"))["token"]

    async def post(self, text: str) -> int:
        """Send it until it is acknowledged, always under the same id."""
        said = {"client_id": str(uuid.uuid4()), "text": text}
        seq: int = (await self._until(202, "POST", "messages", json=said))["seq"]
        self.acknowledged.append((seq, text))
        return seq

    async def wait_for_answer(self, seq: int) -> None:
        answered = 0
        while answered < seq:
            after = self.messages[-1]["seq"] if self.messages else 0
            news = await self._until(200, "GET", f"messages?after={after}&wait=10")
            self.messages += news["messages"]
            answered = news["answered"]

    async def _until(self, status: int, method: str, path: str, **options: Any) -> Any:
        deadline = time.monotonic() + PATIENCE_SECONDS
        headers = {"Authorization": f"Bearer {self.token}"}
        while True:
            try:
                url = f"{self.url}/chat/v1/{path}"
                async with self.session.request(method, url, headers=headers, **options) as response:
                    if response.status == status:
                        return await response.json()
                    what = f"{response.status} {await response.text()}"
            except (aiohttp.ClientError, asyncio.TimeoutError) as fault:
                what = repr(fault)
            if time.monotonic() > deadline:
                raise TimeoutError(what)
            await asyncio.sleep(AGAIN_SECONDS)  # as the widget does


@dataclass(frozen=True)
class Count:
    """Of customers' messages. `late`: customers who were told that their answer takes longer."""

    acknowledged: int
    stored: int
    told: int
    answered: int
    lost: int
    twice: int


async def crowd(url: str, texts: list[list[str]], certificate: str | None = None) -> list[Customer]:
    """A customer a list of texts, all at once; each waits for an answer before going on."""
    context = ssl.create_default_context(cafile=certificate) if certificate else None
    connector = aiohttp.TCPConnector(limit=0, ssl=context)
    timeout = aiohttp.ClientTimeout(total=40)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        customers = [Customer(url, session) for _ in texts]
        await asyncio.gather(*(_write(one, said) for one, said in zip(customers, texts, strict=True)))
        return customers


async def _write(customer: Customer, texts: list[str]) -> None:
    await customer.open()
    for text in texts:
        await customer.wait_for_answer(await customer.post(text))


def count(processes: Processes, customers: list[Customer]) -> Count:
    """What the chat stored of it, and what the bot was told, against what was acknowledged."""
    acknowledged = stored = told = answered = lost = twice = 0
    for customer in customers:
        sent = [text for _, text in customer.acknowledged]
        kept = [message["text"] for message in customer.messages if message["from"] == "customer"]
        heard = processes.rasa_messages(customer.conversation)
        numbers = [message["seq"] for message in customer.messages]
        assert numbers == list(range(1, len(numbers) + 1)), "a number is missing, or came twice"
        acknowledged, stored, told = acknowledged + len(sent), stored + len(kept), told + len(heard)
        answered += sum(_has_answer(customer, seq) for seq, _ in customer.acknowledged)
        lost += sum(text not in kept or text not in heard for text in sent)
        twice += sum(max(kept.count(text), heard.count(text)) > 1 for text in sent)
    return Count(acknowledged, stored, told, answered, lost, twice)


def _has_answer(customer: Customer, seq: int) -> bool:
    """Does the bot speak between this message and the customer's next one?"""
    following = [message for message in customer.messages if message["seq"] > seq]
    return bool(following) and following[0]["from"] == "bot"
