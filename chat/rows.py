"""A conversation's row and the messages added to it. The caller holds the row's lock and saves the row."""

import secrets
import uuid
from typing import Any, NotRequired, TypedDict

from django.db.models import DateTimeField, UUIDField

from chat.compiled_query import CompiledQuery, Param
from chat.models import Button, Conversation, Message, Sender
from chat.updates import ConversationClosed, active
from shop import clock

_ID, _NOW = Param("id", UUIDField()), Param("now", DateTimeField())
_ROW = CompiledQuery(lambda: Conversation.objects.filter(id=_ID).select_for_update())
_ACTIVE_ROW = CompiledQuery(lambda: active(_ID, _NOW).select_for_update())


class Reply(TypedDict):
    """One message of the bot, as bot/channel.py sends it.

    `handover`: the reason for the hand-over, if there is one. `asks`: the value that it asks the customer for
    (bot/output_channel.py). `photos`: the customer may attach some.
    """

    text: str
    buttons: list[dict[str, str]]
    card: dict[str, Any] | None
    handover: NotRequired[str]
    asks: NotRequired[str]
    photos: NotRequired[bool]


class Answer(TypedDict):
    """The bot's answer to one message, as bot/channel.py sends it; `explanation` is JSON for the console."""

    replies: list[Reply]
    explanation: dict[str, Any] | None


def plain(text: str, *buttons: dict[str, str]) -> Reply:
    """A reply without a card."""
    return {"text": text, "buttons": list(buttons), "card": None}


def lock(conversation: uuid.UUID) -> Conversation | None:
    """The conversation with its row locked, even if it is closed."""
    return _ROW.first(id=conversation)


def lock_active(conversation: uuid.UUID) -> Conversation:
    """The conversation with its row locked. Raises ConversationClosed."""
    found = _ACTIVE_ROW.first(id=conversation, now=clock.now())
    if found is None:
        raise ConversationClosed
    return found


def append(conversation: Conversation, sender: Sender, body: str, **fields: Any) -> Message:
    """The conversation's next message, not saved yet."""
    conversation.last_seq += 1
    conversation.last_at = clock.now()
    return Message(conversation=conversation, seq=conversation.last_seq, sender=sender, text=body, **fields)


def add_replies(conversation: Conversation, replies: list[Reply]) -> list[Message]:
    """Store these messages of the bot, with their buttons."""
    messages = [
        append(conversation, Sender.BOT, reply["text"], card=reply["card"], asks=reply.get("asks", ""))
        for reply in replies
    ]
    Message.objects.bulk_create(messages)
    for message, reply in zip(messages, replies, strict=True):
        message.offered = _buttons(message, reply["buttons"])
    if offered := [button for message in messages for button in message.offered]:
        Button.objects.bulk_create(offered)
    return messages


def _buttons(message: Message, buttons: list[dict[str, str]]) -> list[Button]:
    return [
        Button(id=secrets.token_urlsafe(16), message=message, position=position, **button)
        for position, button in enumerate(buttons)
    ]
