"""Customers at once, each of whom sends again what was not acknowledged; and the count of what became of it all."""

import asyncio
import ssl
import threading
import time
import uuid
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

import aiohttp

from chat.sentences import LATE
from tests.processes import Processes

PATIENCE_SECONDS = 240
AGAIN_SECONDS = 0.3
# A web process that hangs answers nothing: the customer is told so by the widget.
DEAF_SECONDS = 8
POLL_SECONDS = 4
NO_CONNECTION = "no connection"


@dataclass
class Customer:
    """One conversation. `acknowledged`: number and text of each message that the chat took in."""

    url: str
    session: aiohttp.ClientSession
    token: str = ""
    acknowledged: list[tuple[int, str]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    # What was said instead of taking a call, and what the bot said, or the widget, first after each acknowledgement:
    # how many seconds later.
    refusals: set[str] = field(default_factory=set)
    first_words: list[float] = field(default_factory=list)
    answered_at: float = 0.0
    _heard_at: float = 0.0

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
        """Until it is complete. A call that fails is a word too: the widget says so."""
        begin, self._heard_at, answered = time.monotonic(), 0.0, 0
        while answered < seq:
            after = self.messages[-1]["seq"] if self.messages else 0
            news = await self._until(200, "GET", f"messages?after={after}&wait={POLL_SECONDS}")
            self.messages += news["messages"]
            answered = news["answered"]
            if any(said["from"] == "bot" and said["seq"] > seq for said in news["messages"]):
                self._heard()
        self.answered_at = time.monotonic()
        self.first_words.append(self._heard_at - begin)

    def _heard(self) -> None:
        self._heard_at = self._heard_at or time.monotonic()

    async def _until(self, status: int, method: str, path: str, **options: Any) -> Any:
        deadline = time.monotonic() + PATIENCE_SECONDS
        headers = {"Authorization": f"Bearer {self.token}"}
        while True:
            try:
                url = f"{self.url}/chat/v1/{path}"
                async with self.session.request(method, url, headers=headers, **options) as response:
                    if response.status == status:
                        return await response.json()
                    what = (await response.json())["message"]
            except (aiohttp.ClientError, asyncio.TimeoutError):
                what = NO_CONNECTION
            self.refusals.add(what)
            self._heard()
            if time.monotonic() > deadline:
                raise TimeoutError(what)
            await asyncio.sleep(AGAIN_SECONDS)  # as the widget does


@dataclass(frozen=True)
class Count:
    """Of customers' messages: acknowledged, in the chat's database, heard by the bot, answered by it."""

    acknowledged: int
    stored: int
    told: int
    answered: int
    lost: int
    twice: int


class Crowd:
    """Customers who write one message after the other until they leave.

    Each writes as soon as the message before was answered, or after having read for `reading` seconds.
    """

    def __init__(
        self, url: str, size: int, certificate: str | None = None, *, messages: int = 1_000_000, reading: float = 0
    ) -> None:
        self._url, self._size, self._certificate = url, size, certificate
        self._messages, self._reading = messages, reading
        self.customers: list[Customer] = []
        self._leaving = threading.Event()
        self._fault: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Crowd":
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._leaving.set()
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive(), "they still wait for their answers"
        if self._fault:
            raise self._fault

    def all_answered_since(self, moment: float) -> bool:
        """Did each of them get an answer since then?"""
        return len(self.customers) == self._size and all(one.answered_at > moment for one in self.customers)

    def saw(self, *words: str) -> set[str]:
        """What they read instead of an answer: a refusal, or one of these sentences of the bot's."""
        found = {said["text"] for one in self.customers for said in one.messages if said["text"] in words}
        return found.union(*(one.refusals for one in self.customers))

    def _run(self) -> None:
        try:
            asyncio.run(self._write_all())
        except BaseException as fault:
            self._fault = fault

    async def _write_all(self) -> None:
        context = ssl.create_default_context(cafile=self._certificate) if self._certificate else None
        connector = aiohttp.TCPConnector(limit=0, ssl=context)
        timeout = aiohttp.ClientTimeout(total=DEAF_SECONDS)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            self.customers = [Customer(self._url, session) for _ in range(self._size)]
            await asyncio.gather(*(self._write(number, one) for number, one in enumerate(self.customers)))

    async def _write(self, number: int, customer: Customer) -> None:
        await customer.open()
        for turn in range(self._messages):
            text = f"où est mon colis ? {_in_letters(number)} {_in_letters(turn)}"
            await customer.wait_for_answer(await customer.post(text))
            if self._leaving.is_set():
                return
            await asyncio.sleep(self._reading)


def _in_letters(number: int) -> str:
    """In digits, a hundred messages look like a card number in pieces, and are masked."""
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


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
        twice += sum(_answered_twice(customer, seq) for seq, _ in customer.acknowledged)
    return Count(acknowledged, stored, told, answered, lost, twice)


def _has_answer(customer: Customer, seq: int) -> bool:
    return bool(_answer(customer, seq))


def _answered_twice(customer: Customer, seq: int) -> bool:
    answer = _answer(customer, seq)
    return len(set(answer)) < len(answer)


def _answer(customer: Customer, seq: int) -> list[str]:
    """What the bot says between this message and the customer's next one, but for the word that it takes longer."""
    following = [message for message in customer.messages if message["seq"] > seq]
    said = takewhile(lambda message: message["from"] == "bot", following)
    return [message["text"] for message in said if message["text"] != LATE]
