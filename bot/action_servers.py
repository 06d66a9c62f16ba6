"""The action server, or several: which one is asked, and what becomes of the turn when it does not answer."""

import asyncio
from collections import deque
from contextlib import suppress
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot import floor, turns

# An action answers in milliseconds; Rasa would wait for 300 seconds.
ACTION_SECONDS, CONNECT_SECONDS, KEPT_SECONDS = 8, 2, 3
# One that failed is asked after the others for so long; then it is looked at.
AVOIDED_SECONDS = 10
# For so long it is believed of one that it still answers.
BELIEVED_SECONDS = 5
# An action reads the message and the one before it (actions/turn.py).
MESSAGES_SENT = 3
DOMAIN_SENT = ("forms", "slots")
# Answers of a proxy whose action server is away; 401: the two processes do not have the same ACTIONS_SECRET.
AWAY = {401, 502, 503, 504}
# Refused, or silent for CONNECT_SECONDS. aiohttp raises the latter for a read too, but only under a limit that is not
# set here: ACTION_SECONDS end in a plain TimeoutError.
NOT_REACHED = (aiohttp.ClientConnectorError, aiohttp.ServerTimeoutError)
NO_ANSWER = (aiohttp.ClientError, asyncio.TimeoutError, OSError)


class ActionServer(EndpointConfig):
    """The action server, or several, over connections that stay open. Their own faults (400, 500) are answers.

    One that was not reached ran nothing: the next one is asked. One that took the action and is silent breaks the turn,
    which finds another one when it is run again. To ask that one in the same turn would hardly be sooner, for the time
    is lost by then; and where all are silent, `chat` would take the Rasa process for ill (chat/bot.py: 12 s).
    """

    def __init__(self, endpoint: EndpointConfig) -> None:
        super().__init__(endpoint.url, endpoint.params, endpoint.headers, **endpoint.kwargs)
        self._servers = deque(_servers(endpoint.url))
        self._avoided: dict[str, float] = {}
        self._answered_at = float("-inf")
        self._looks: set[asyncio.Task[None]] = set()
        self._connections: aiohttp.ClientSession | None = None

    async def request(self, *arguments: Any, json: dict[str, Any], **options: Any) -> Any:
        """Post the conversation and the action's name; its answer. Raises ClientResponseError, or breaks the turn."""
        # Rasa goes on in a broken turn: nobody waits again, and nothing is run, for what is not saved.
        turns.refuse_if_broken()
        _shorten(json)
        for server in self._in_order():
            try:
                return await self._ask(server, json)
            except NOT_REACHED:
                self._avoid(server)
            except ClientResponseError:
                raise
            except NO_ANSWER:
                self._avoid(server)
                break
        turns.break_off("actions")
        raise ConnectionError("no action server answers")

    async def answers(self) -> bool:
        """Does one of them? They are asked where none did in the last BELIEVED_SECONDS."""
        since = asyncio.get_running_loop().time() - BELIEVED_SECONDS
        if self._answered_at < since:
            for look in asyncio.as_completed([self._look(server) for server in self._servers]):
                await look
                if self._answered_at >= since:
                    break  # one that hangs is not waited for
        return self._answered_at >= since

    def _in_order(self) -> list[str]:
        """By turns; behind all others those that failed, the latest of them last."""
        now = asyncio.get_running_loop().time()
        for server in [server for server, until in self._avoided.items() if until <= now]:
            self._avoid(server)
            look = asyncio.create_task(self._look(server))
            self._looks.add(look)
            look.add_done_callback(self._looks.discard)
        self._servers.rotate()
        return sorted(self._servers, key=lambda server: self._avoided.get(server, 0.0))

    def _avoid(self, server: str) -> None:
        self._avoided[server] = asyncio.get_running_loop().time() + AVOIDED_SECONDS

    def _well(self, server: str) -> None:
        self._answered_at = asyncio.get_running_loop().time()
        self._avoided.pop(server, None)

    async def _look(self, server: str) -> None:
        """Is it back? No customer waits to find that out."""
        patience = aiohttp.ClientTimeout(total=CONNECT_SECONDS)
        with suppress(*NO_ANSWER):
            async with self._session().get(urljoin(server, "/health"), timeout=patience) as answer:
                if answer.status == 200:
                    self._well(server)

    async def _ask(self, server: str, json: dict[str, Any]) -> Any:
        async with floor.left(), self._session().post(server, json=json) as answer:
            if answer.status in AWAY:
                raise ConnectionError(f"status {answer.status}")
            self._well(server)
            if answer.status >= 400:
                raise ClientResponseError(answer.status, answer.reason or "", await answer.text())
            return await answer.json()

    def _session(self) -> aiohttp.ClientSession:
        # Made in the event loop that uses it; it lives as long as the process.
        if self._connections is None:
            self._connections = aiohttp.ClientSession(
                headers=self.headers,
                timeout=aiohttp.ClientTimeout(total=ACTION_SECONDS, connect=CONNECT_SECONDS),
                # Shorter than the server keeps a silent connection: it is never used as the server closes it.
                # No limit: behind many that wait for a silent server, a well one would look as if it was not reached.
                connector=aiohttp.TCPConnector(keepalive_timeout=KEPT_SECONDS, limit=0),
            )
        return self._connections


def _servers(url: str) -> list[str]:
    """« http://a:5055,http://b:5055/webhook »: the path is that of all of them (endpoints.yml adds it)."""
    *others, last = url.split(",")
    path = urlsplit(last).path
    return [other + path for other in others] + [last]


def _shorten(body: dict[str, Any]) -> None:
    """Leave out what no action reads: old messages, and of the domain all but what a form's validator asks for."""
    events = body["tracker"]["events"]
    messages = [place for place, event in enumerate(events) if event["event"] == "user"]
    if len(messages) > MESSAGES_SENT:
        body["tracker"]["events"] = events[messages[-MESSAGES_SENT] :]
    if "domain" in body:
        body["domain"] = {part: body["domain"].get(part, {}) for part in DOMAIN_SENT}
