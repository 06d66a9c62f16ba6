"""A turn is run whole, or leaves no trace.

A client that goes away would cut the turn in two, after its actions ran.
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
    """The turn that is running. `explanation` is set when its events are saved (bot/tracker_store.py)."""

    message_id: str
    explanation: Explanation | None = None


_turn: ContextVar[Turn] = ContextVar("turn")


class TurnAborted(Exception):
    """The turn was not saved and may be run again; the text says which part was unavailable."""


async def run(handle: Handler, message: UserMessage) -> Explanation | None:
    """Handle the message to its end, even when the caller stops waiting; why it was answered so.

    Raises TurnBroken; nothing is saved then.
    """
    return await asyncio.shield(asyncio.create_task(_whole(handle, message)))


async def _whole(handle: Handler, message: UserMessage) -> Explanation | None:
    _turn.set(turn := Turn(message.message_id))
    await handle(message)
    return turn.explanation


def explain(explanation: Explanation | None) -> None:
    """Keep the explanation of the running turn. A save without a message of the customer explains nothing."""
    turn = _turn.get(None)
    if turn and explanation:
        turn.explanation = explanation


def refuse_if_handled(latest: Iterable[str]) -> None:
    """Raise TurnBroken if the message of this turn is one of the conversation's latest, or older than one.

    `chat` numbers a conversation's messages and sends the next one after the one before is answered. A lower number
    belongs to a turn that a process which hung begins after it resumes.
    """
    turn = _turn.get(None)
    this = turn.message_id if turn else ""
    if any(known == this or (this.isdecimal() and known.isdecimal() and int(this) < int(known)) for known in latest):
        raise TurnAborted("the message, which was handled elsewhere,")
