"""A conversation as the customer saw it; beside each of their messages, the turn that says why it was answered so."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chat.models import Sender
from console.models import Thread, Turn


@dataclass
class Said:
    """One message. `turn` is that of a customer's message, when Rasa's events of it were copied."""

    sender: str
    at: datetime | None
    text: str
    seq: int = 0
    buttons: list[str] = field(default_factory=list)
    card: dict[str, Any] | None = None
    pressed: bool = False
    turn: Turn | None = None


def of(thread: Thread, turns: list[Turn]) -> list[Said]:
    """Everything that was said, in order: from `chat` where it was said there, else from Rasa's events.

    The caller fetches « chat__messages__buttons » beforehand, of however many conversations.
    """
    return _of_chat(thread, turns) if thread.chat_id else [said for turn in turns for said in _of_turn(turn)]


def _of_chat(thread: Thread, turns: list[Turn]) -> list[Said]:
    assert thread.chat is not None
    of_message = {turn.message_id: turn for turn in turns}
    return [
        Said(
            message.sender,
            message.at,
            message.text,
            message.seq,
            [button.title for button in message.buttons.all()],
            message.card,
            bool(message.payload),
            of_message.get(str(message.seq)) if message.sender == Sender.CUSTOMER else None,
        )
        for message in thread.chat.messages.all()
    ]


def _of_turn(turn: Turn) -> list[Said]:
    asked = Said(Sender.CUSTOMER, turn.at, turn.text, pressed=turn.pressed, turn=turn)
    replies = [Said(Sender.BOT, None, reply["text"], 0, reply["buttons"], reply["card"]) for reply in turn.replies]
    return [asked, *replies]
