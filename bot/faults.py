"""The faults that Rasa keeps to itself reach whoever runs a turn (bot/turns.py)."""

import asyncio
from collections import deque
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from rasa.core.agent import Agent
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot import answers, turns
from bot.runner import PlannedRunner
from bot.tracker_store import inner

# An action answers in milliseconds; Rasa would wait for 300 seconds.
ACTION_SECONDS, CONNECT_SECONDS, KEPT_SECONDS = 8, 2, 3
# An action reads the message and the one before it (actions/turn.py).
MESSAGES_SENT = 3
DOMAIN_SENT = ("forms", "slots")
# Answers of a proxy whose action server is away.
AWAY = {502, 503, 504}


def make_heard(agent: Agent) -> None:
    """Break the turn when the tracker store or the action server fails. Raises TypeError on another store than ours."""
    inner(agent.tracker_store)
    # Rasa's fail-safe wrapper has no other way in: it would start a new, empty conversation and say nothing.
    agent.tracker_store._on_tracker_store_error = _store_failed
    answers.check_quickly()
    if agent.processor:
        agent.processor.graph_runner = PlannedRunner(agent.processor.graph_runner)
        agent.action_endpoint = agent.processor.action_endpoint = ActionServer(agent.action_endpoint)


def _store_failed(error: Exception) -> None:
    raise error if isinstance(error, turns.TurnBroken) else turns.TurnBroken("tracker_store") from error


class ActionServer(EndpointConfig):
    """The action server, or several, over connections that stay open. When none answers, the turn is broken; their own
    faults (400, 500) are answers.
    """

    def __init__(self, endpoint: EndpointConfig) -> None:
        super().__init__(endpoint.url, endpoint.params, endpoint.headers, **endpoint.kwargs)
        self._servers = deque(_servers(endpoint.url))
        self._connections: aiohttp.ClientSession | None = None

    async def request(self, *arguments: Any, json: dict[str, Any], **options: Any) -> Any:
        """Post the conversation and the action's name; its answer. Raises ClientResponseError, or breaks the turn."""
        _shorten(json)
        self._servers.rotate()
        for server in list(self._servers):
            try:
                return await self._ask(server, json)
            except aiohttp.ClientConnectorError:
                continue  # it was never reached: the next one may run the action
            except ClientResponseError as fault:
                if fault.status in AWAY:
                    break
                raise
            except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
                break
        turns.break_off("actions")
        raise ConnectionError("no action server answers")

    async def _ask(self, server: str, json: dict[str, Any]) -> Any:
        async with self._session().post(server, json=json) as answer:
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
                connector=aiohttp.TCPConnector(keepalive_timeout=KEPT_SECONDS),
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
