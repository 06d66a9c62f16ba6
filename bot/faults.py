"""The faults that Rasa keeps to itself reach whoever runs a turn (bot/turns.py)."""

import asyncio
from typing import Any

import aiohttp
from rasa.core.agent import Agent
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot import answers, turns
from bot.tracker_store import inner

# An action answers in milliseconds; Rasa would wait for 300 seconds.
ACTION_SECONDS = 8
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
        agent.action_endpoint = agent.processor.action_endpoint = ActionServer(agent.action_endpoint)


def _store_failed(error: Exception) -> None:
    raise error if isinstance(error, turns.TurnBroken) else turns.TurnBroken("tracker_store") from error


class ActionServer(EndpointConfig):
    """The action server: when it is away, the turn is broken. Its own faults (400, 500) are answers."""

    def __init__(self, endpoint: EndpointConfig) -> None:
        super().__init__(endpoint.url, endpoint.params, endpoint.headers, **endpoint.kwargs)

    async def request(self, *arguments: Any, **options: Any) -> Any:
        options["timeout"] = aiohttp.ClientTimeout(total=ACTION_SECONDS)
        _shorten(options["json"])
        try:
            return await super().request(*arguments, **options)
        except ClientResponseError as fault:
            if fault.status in AWAY:
                turns.break_off("actions")
            raise
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
            turns.break_off("actions")
            raise


def _shorten(body: dict[str, Any]) -> None:
    """Leave out what no action reads: old messages, and of the domain all but what a form's validator asks for."""
    events = body["tracker"]["events"]
    messages = [place for place, event in enumerate(events) if event["event"] == "user"]
    if len(messages) > MESSAGES_SENT:
        body["tracker"]["events"] = events[messages[-MESSAGES_SENT] :]
    if "domain" in body:
        body["domain"] = {part: body["domain"].get(part, {}) for part in DOMAIN_SENT}
