"""Makes a turn atomic: it runs to its end, or stores nothing.

Otherwise, a client that disconnects would cancel the turn after its actions have run, but before it is saved.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from rasa.core.channels.channel import UserMessage

from bot.explanation import Explanation

Handler = Callable[[UserMessage], Awaitable[Any]]


@dataclass
class Turn:
    """The running turn. `explanation` is set when its events are saved (bot/tracker_store.py)."""

    message_id: str
    explanation: Explanation | None = None


_turn: ContextVar[Turn] = ContextVar("turn")


class TurnAborted(Exception):
    """The turn was not saved and may be retried. The text says why."""


async def run(handle: Handler, message: UserMessage) -> Explanation | None:
    """Handle the message to its end, even if the caller disconnects, and return its explanation.

    Raises TurnAborted; then nothing was saved.
    """
    return await asyncio.shield(asyncio.create_task(_whole(handle, message)))


async def _whole(handle: Handler, message: UserMessage) -> Explanation | None:
    _turn.set(turn := Turn(message.message_id))
    await handle(message)
    return turn.explanation


def set_explanation(explanation: Explanation | None) -> None:
    """Set the running turn's explanation; None if the saved events contain no customer message."""
    turn = _turn.get(None)
    if turn and explanation:
        turn.explanation = explanation


def refuse_if_handled(latest: Iterable[str]) -> None:
    """Raise TurnAborted if this turn's message is among the conversation's latest, or older than one of them.

    `chat` numbers the messages of a conversation and sends the next one after the previous answer. So a lower number
    comes from a process that was suspended and has resumed.
    """
    turn = _turn.get(None)
    this = turn.message_id if turn else ""
    if any(known == this or (this.isdecimal() and known.isdecimal() and int(this) < int(known)) for known in latest):
        raise TurnAborted("the message, or a later one, was handled before")
