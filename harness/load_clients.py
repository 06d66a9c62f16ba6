"""Concurrent customers, each of whom retries a message until it is acknowledged."""

import asyncio
import ssl
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from chat.system_messages import LATE
from harness.replies import APOLOGIES

ANSWER_TIMEOUT = 240
RETRY_SECONDS = 0.3
# A web process that hangs answers nothing: the widget gives up after this long and says so.
CLIENT_TIMEOUT = 8
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
    # When, and what was read instead of an answer: a call that was refused, or that it takes longer, or an apology.
    instead: list[tuple[float, str]] = field(default_factory=list)
    # Seconds until each call that posts a message was acknowledged, or failed; and from each acknowledgement to the
    # bot's first word, or the widget's.
    posts: list[float] = field(default_factory=list)
    first_words: list[float] = field(default_factory=list)
    # From when it was written to each word that its answer takes longer.
    told_late_after: list[float] = field(default_factory=list)
    # When the last message was written; when the last answer was complete, and the message written that it answers.
    written_at: float = 0.0
    answered_at: float = 0.0
    answered_was_written_at: float = 0.0
    _heard_at: float = 0.0

    @property
    def conversation(self) -> str:
        return self.token.split(":")[0]

    async def open(self) -> None:
        self.token = (await self._until(201, "POST", "conversations"))["token"]

    async def say(self, text: str) -> None:
        """Write it, and wait for the whole answer."""
        await self.wait_for_answer(await self.post(text))
        self.answered_at, self.answered_was_written_at = time.monotonic(), self.written_at

    async def post(self, text: str) -> int:
        """Send it until it is acknowledged, always under the same id."""
        self.written_at = time.monotonic()
        said = {"client_id": str(uuid.uuid4()), "text": text}
        seq: int = (await self._until(202, "POST", "messages", self.posts, json=said))["seq"]
        self.acknowledged.append((seq, text))
        return seq

    async def wait_for_answer(self, seq: int) -> None:
        """Until it is complete. A call that fails is a word too: the widget says so."""
        begin, self._heard_at, answered = time.monotonic(), 0.0, 0
        while answered < seq:
            after = self.messages[-1]["seq"] if self.messages else 0
            news = await self._until(200, "GET", f"messages?after={after}&wait={POLL_SECONDS}")
            answered = news["answered"]
            for said in news["messages"]:
                self._read(said, is_word=said["seq"] > seq)
                if said["text"] == LATE:
                    self.told_late_after.append(time.monotonic() - self.written_at)
        self.first_words.append(self._heard_at - begin)

    def _read(self, said: dict[str, Any], is_word: bool) -> None:
        self.messages.append(said)
        if said["from"] == "bot" and is_word:
            self._heard()
        if said["text"] in APOLOGIES | {LATE}:
            self.instead.append((time.monotonic(), said["text"]))

    def _heard(self) -> None:
        self._heard_at = self._heard_at or time.monotonic()

    async def _until(
        self, status: int, method: str, path: str, seconds: list[float] | None = None, **options: Any
    ) -> Any:
        """The answer of this status, however often it has to be asked for; `seconds`: how long each call took."""
        deadline = time.monotonic() + ANSWER_TIMEOUT
        while True:
            begin = time.monotonic()
            answered, said = await self._call(method, path, **options)
            if seconds is not None:
                seconds.append(time.monotonic() - begin)
            if answered == status:
                return said
            self.instead.append((time.monotonic(), said["message"]))
            self._heard()
            if time.monotonic() > deadline:
                raise TimeoutError(said["message"])
            await asyncio.sleep(RETRY_SECONDS)  # as the widget does

    async def _call(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        url, headers = f"{self.url}/chat/v1/{path}", {"Authorization": f"Bearer {self.token}"}
        try:
            async with self.session.request(method, url, headers=headers, **options) as response:
                return response.status, await response.json()
        except (aiohttp.ClientError, asyncio.TimeoutError):
            return 0, {"message": NO_CONNECTION}


class LoadClients:
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

    def __enter__(self) -> "LoadClients":
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._leaving.set()
        self._thread.join(ANSWER_TIMEOUT)
        assert not self._thread.is_alive(), "they still wait for their answers"
        if self._fault:
            raise self._fault

    def all_answered_since(self, moment: float) -> bool:
        """Did each of them get an answer since then?"""
        return self._all(lambda one: one.answered_at > moment)

    def all_served_since(self, moment: float) -> bool:
        """Did each of them get the answer to a message that was written since then?"""
        return self._all(lambda one: one.answered_was_written_at > moment)

    def all_served_or_told_since(self, moment: float) -> bool:
        """The same, or did they read something else since then?"""
        return self._all(lambda one: one.answered_was_written_at > moment or bool(_read_since(one, moment)))

    def saw_since(self, moment: float) -> set[str]:
        """What they read instead of an answer."""
        return set[str]().union(*(_read_since(one, moment) for one in self.customers))

    def _all(self, condition: Callable[[Customer], bool]) -> bool:
        return len(self.customers) == self._size and all(map(condition, self.customers))

    def _run(self) -> None:
        try:
            asyncio.run(self._write_all())
        except BaseException as fault:
            self._fault = fault

    async def _write_all(self) -> None:
        context = ssl.create_default_context(cafile=self._certificate) if self._certificate else None
        connector = aiohttp.TCPConnector(limit=0, ssl=context)
        timeout = aiohttp.ClientTimeout(total=CLIENT_TIMEOUT)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            self.customers = [Customer(self._url, session) for _ in range(self._size)]
            await asyncio.gather(*(self._write(number, one) for number, one in enumerate(self.customers)))

    async def _write(self, number: int, customer: Customer) -> None:
        await customer.open()
        for turn in range(self._messages):
            text = f"où est mon colis ? {_in_letters(number)} {_in_letters(turn)}"
            await customer.say(text)
            if self._leaving.is_set():
                return
            await asyncio.sleep(self._reading)


def _in_letters(number: int) -> str:
    """In digits, a hundred messages look like a card number in pieces, and are masked."""
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


def _read_since(customer: Customer, moment: float) -> set[str]:
    return {words for at, words in customer.instead if at > moment}
