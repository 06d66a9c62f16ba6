"""A conversation as the customer saw it, with the turn that explains each of their messages."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chat.models import Sender
from console.models import Thread, Turn


@dataclass
class TranscriptEntry:
    """One message. `turn` belongs to a customer's message that the bot answered; `for_team`: a person answers it."""

    sender: str
    at: datetime
    text: str
    seq: int
    buttons: list[str] = field(default_factory=list)
    card: dict[str, Any] | None = None
    pressed: bool = False
    turn: Turn | None = None
    author: str = ""
    for_team: bool = False


def entries(thread: Thread, turns: list[Turn]) -> list[TranscriptEntry]:
    """All messages in order.

    The caller prefetches « chat__messages__buttons », for any number of conversations.
    """
    of_message = {turn.seq: turn for turn in turns}
    return [
        TranscriptEntry(
            message.sender,
            message.at,
            message.text,
            message.seq,
            [button.title for button in message.buttons.all()],
            message.card,
            bool(message.payload),
            of_message.get(message.seq) if message.sender == Sender.CUSTOMER else None,
            message.author,
            message.for_team,
        )
        for message in thread.chat.messages.all()
    ]
