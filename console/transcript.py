"""A conversation as the customer saw it, with the turn that explains each of their messages."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chat.models import Message, Sender
from console.models import Turn

# Messages per page: a conversation may have thousands.
BLOCK = 100


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
    photos: list[dict[str, Any]] | None = None


def block(last_seq: int, seq: int) -> tuple[int, int]:
    """(first, last) number of the messages on the same page as message `seq`: a page has BLOCK of them."""
    first = max(0, min(seq, last_seq) - 1) // BLOCK * BLOCK + 1
    return first, min(first + BLOCK - 1, last_seq)


def entries(messages: Iterable[Message], turns: Iterable[Turn]) -> list[TranscriptEntry]:
    """The messages, in their order. The caller prefetches their « buttons »."""
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
            message.photos,
        )
        for message in messages
    ]
