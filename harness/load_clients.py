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
# Seconds after which the widget gives up a call and shows a notice, for example when the web process hangs.
CLIENT_TIMEOUT = 8
POLL_SECONDS = 4
NO_CONNECTION = "no connection"


@dataclass
class Customer:
    """One conversation. `acknowledged`: number and text of each acknowledged message."""

    url: str
    session: aiohttp.ClientSession
    token: str = ""
    acknowledged: list[tuple[int, str]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    # (time, text) of each notice that replaces or delays an answer: a failed call, a delay notice, an apology.
    notices: list[tuple[float, str]] = field(default_factory=list)
    # Seconds until each post was acknowledged or failed; and from each acknowledgement to the first message or notice.
    posts: list[float] = field(default_factory=list)
    first_responses: list[float] = field(default_factory=list)
    # Seconds from writing a message to each of its delay notices.
    delay_notices_after: list[float] = field(default_factory=list)
    # When the last message was written; when the last complete answer arrived, and when its message was written.
    written_at: float = 0.0
    answered_at: float = 0.0
    answered_was_written_at: float = 0.0
    _received_at: float = 0.0

    @property
    def conversation(self) -> str:
        return self.token.split(":")[0]

    async def open(self) -> None:
        self.token = (await self._until(201, "POST", "conversations"))["token"]

    async def say(self, text: str) -> None:
        """Send the text, and wait for the complete answer."""
        await self.wait_for_answer(await self.post(text))
        self.answered_at, self.answered_was_written_at = time.monotonic(), self.written_at

    async def post(self, text: str) -> int:
        """Send the text until it is acknowledged, always with the same client_id."""
        self.written_at = time.monotonic()
        message = {"client_id": str(uuid.uuid4()), "text": text}
        seq: int = (await self._until(202, "POST", "messages", self.posts, json=message))["seq"]
        self.acknowledged.append((seq, text))
        return seq

    async def wait_for_answer(self, seq: int) -> None:
        """Wait until the answer is complete. A failed call counts as a notice, because the widget shows one."""
        begin, self._received_at, answered = time.monotonic(), 0.0, 0
        while answered < seq:
            after = self.messages[-1]["seq"] if self.messages else 0
            updates = await self._until(200, "GET", f"messages?after={after}&wait={POLL_SECONDS}")
            answered = updates["answered"]
            for message in updates["messages"]:
                self._read(message, is_response=message["seq"] > seq)
                if message["text"] == LATE:
                    self.delay_notices_after.append(time.monotonic() - self.written_at)
        self.first_responses.append(self._received_at - begin)

    def _read(self, message: dict[str, Any], is_response: bool) -> None:
        self.messages.append(message)
        if message["from"] == "bot" and is_response:
            self._note_first_response()
        if message["text"] in APOLOGIES | {LATE}:
            self.notices.append((time.monotonic(), message["text"]))

    def _note_first_response(self) -> None:
        self._received_at = self._received_at or time.monotonic()

    async def _until(
        self, status: int, method: str, path: str, seconds: list[float] | None = None, **options: Any
    ) -> Any:
        """Repeat the call until it returns this status. `seconds`: the duration of each call."""
        deadline = time.monotonic() + ANSWER_TIMEOUT
        while True:
            begin = time.monotonic()
            answered, message = await self._call(method, path, **options)
            if seconds is not None:
                seconds.append(time.monotonic() - begin)
            if answered == status:
                return message
            self.notices.append((time.monotonic(), message["message"]))
            self._note_first_response()
            if time.monotonic() > deadline:
                raise TimeoutError(message["message"])
            await asyncio.sleep(RETRY_SECONDS)  # like the widget

    async def _call(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        url, headers = f"{self.url}/chat/v1/{path}", {"Authorization": f"Bearer {self.token}"}
        try:
            async with self.session.request(method, url, headers=headers, **options) as response:
                return response.status, await response.json()
        except (TimeoutError, aiohttp.ClientError):
            return 0, {"message": NO_CONNECTION}


class LoadClients:
    """Customers who write one message after the other until they leave.

    Each one writes the next message `reading` seconds after the answer.
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
        assert not self._thread.is_alive(), "customers still wait for their answers"
        if self._fault:
            raise self._fault

    def all_answered_since(self, moment: float) -> bool:
        """Whether each customer received an answer since then."""
        return self._all(lambda one: one.answered_at > moment)

    def all_served_since(self, moment: float) -> bool:
        """Whether each customer received the answer to a message written since then."""
        return self._all(lambda one: one.answered_was_written_at > moment)

    def all_served_or_notified_since(self, moment: float) -> bool:
        """Whether each customer received such an answer, or a notice since then."""
        return self._all(lambda one: one.answered_was_written_at > moment or bool(_read_since(one, moment)))

    def notices_since(self, moment: float) -> set[str]:
        """The notices that the customers saw instead of an answer."""
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
            # A question that needs no order, because without the shop's database other questions get an apology.
            text = f"comment créer un compte ? {_in_letters(number)} {_in_letters(turn)}"
            await customer.say(text)
            if self._leaving.is_set():
                return
            await asyncio.sleep(self._reading)


def _in_letters(number: int) -> str:
    """The number in letters: digits in many messages would look like pieces of a card number, and be masked."""
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


def _read_since(customer: Customer, moment: float) -> set[str]:
    return {words for at, words in customer.notices if at > moment}
