"""A turn is run whole, or leaves no trace.

Rasa goes on when an action server is away: it logs, takes the action for done and saves what is left, so that the
customer's message is lost. And a client that goes away cuts the turn in two, after its actions ran.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextvars import ContextVar
from typing import Any

from rasa.core.channels.channel import UserMessage

Handler = Callable[[UserMessage], Awaitable[Any]]

_broken: ContextVar[list[str] | None] = ContextVar("broken", default=None)
_message_id: ContextVar[str] = ContextVar("message_id", default="")


class TurnBroken(Exception):
    """The turn was not saved and may be run again; the text names the part that was away."""


async def run(handle: Handler, message: UserMessage) -> None:
    """Handle the message to its end, whoever stops waiting. Raises TurnBroken; nothing is saved then."""
    await asyncio.shield(asyncio.create_task(_whole(handle, message)))


async def _whole(handle: Handler, message: UserMessage) -> None:
    _broken.set([])
    _message_id.set(message.message_id)
    await handle(message)
    refuse_if_broken()


def refuse_if_broken() -> None:
    """Raise TurnBroken when a part was away in this turn."""
    if reasons := _broken.get():
        raise TurnBroken(reasons[0])


def refuse_if_handled(latest: Iterable[str]) -> None:
    """Raise TurnBroken when the message that is being handled is one of the conversation's latest, or older than one.

    `chat` numbers a conversation's messages, and asks for the next one when the one before is answered: a lower number
    is a turn that a process which hung begins when it goes on.
    """
    this = _message_id.get()
    if any(known == this or (this.isdecimal() and known.isdecimal() and int(this) < int(known)) for known in latest):
        raise TurnBroken("the message, which was handled elsewhere,")


def break_off(part: str) -> None:
    """This part was away in the turn that is running."""
    reasons = _broken.get()
    if reasons is not None:
        reasons.append(part)
