"""Writes conversations and their messages: open, post, answer, rate, erase. chat/updates.py reads them.

Adding a message locks the conversation's row, so that numbers have no gaps and are committed in order: a reader that
has message n has all earlier ones.
"""

import secrets
import uuid
from collections.abc import Callable
from typing import Any, TypedDict

from django.db import IntegrityError, transaction
from django.db.models import DateTimeField, F, UUIDField

from chat import leases, limits, masking, pg_notify, redaction, text, tokens
from chat.compiled_query import CompiledQuery, Param
from chat.models import LIFETIME, Button, Conversation, Explanation, Message, Sender
from chat.updates import ConversationClosed, Posted, Updates, active
from shop import clock

# What `_next` changes in the conversation's row.
SAID = ["last_seq", "last_at"]

_ID, _NOW = Param("id", UUIDField()), Param("now", DateTimeField())
_ROW = CompiledQuery(lambda: Conversation.objects.filter(id=_ID).select_for_update())
_ACTIVE_ROW = CompiledQuery(lambda: active(_ID, _NOW).select_for_update())


class UnknownButton(Exception):
    """This conversation offered no such button."""


class Reply(TypedDict):
    """One message of the bot, as bot/channel.py sends it."""

    text: str
    buttons: list[dict[str, str]]
    card: dict[str, Any] | None


class Answer(TypedDict):
    """The bot's answer to one message, as bot/channel.py sends it; `explanation` is JSON for the console."""

    replies: list[Reply]
    explanation: dict[str, Any] | None


def open_conversation(address: str) -> Conversation:
    """Open a conversation for this IP address. Raises limits.TooMany."""
    fingerprint = limits.fingerprint(address)
    limits.check_opening(fingerprint)
    return Conversation.objects.create(address=fingerprint, expires_at=clock.now() + LIFETIME)


def id_from_token(token: str) -> uuid.UUID:
    """The conversation of this token, even if it is closed. Raises ConversationClosed for a forged token."""
    try:
        return tokens.conversation_of(token)
    except tokens.InvalidToken as fault:
        raise ConversationClosed from fault


def post_text(conversation: uuid.UUID, client_id: uuid.UUID, typed: str, worker: str = "") -> Posted:
    """Store the customer's text. A repeated `client_id` returns the same number and stores nothing.

    `worker` takes the lease, unless another process has it. Raises text.Unreadable, limits.TooMany or
    ConversationClosed.
    """
    cleaned = text.clean(typed)

    def post(locked: Conversation) -> Posted:
        return _ask(locked, worker, masking.mask_in(locked, cleaned), client_id=client_id)

    return _post_once(conversation, client_id, post)


def post_button(conversation: uuid.UUID, client_id: uuid.UUID, button: str, worker: str = "") -> Posted:
    """Store the customer's choice of a button. Raises UnknownButton, limits.TooMany or ConversationClosed."""

    def post(locked: Conversation) -> Posted:
        offered = Button.objects.filter(id=button, message__conversation=locked).first() if button.isascii() else None
        if offered is None:
            raise UnknownButton
        return _ask(locked, worker, offered.title, client_id=client_id, payload=offered.payload)

    return _post_once(conversation, client_id, post)


def answer(message: Message, given: Answer) -> Updates | None:
    """Store the answer to this message with its explanation; release the lease if no message is pending then.

    Returns None and stores nothing if it was answered before: if two processes asked the bot, one of them stores the
    answer.
    """
    with transaction.atomic():
        locked = _pending(message)
        if locked is None:
            return None
        messages = _add_replies(locked, given["replies"])
        if explanation := given["explanation"]:
            if str(message.seq) in locked.redacted:  # replaced while the bot read the old text
                explanation = {**explanation, "entities": [], "slots": {}}
            Explanation.objects.create(message=message, data=explanation)
        locked.answered = message.seq
        locked.unindexed = True
        if not locked.is_pending:
            locked.leased_to, locked.leased_until = "", None
        locked.save(update_fields=[*SAID, "answered", "leased_to", "leased_until", "unindexed"])
        pg_notify.publish(locked.id)
    return Updates(messages, locked.answered, locked.is_pending, locked.hidden, locked.redacted)


def add_delay_notice(message: Message, reply: Reply) -> bool:
    """Store the delay notice, at most once per message. False if it or the answer was stored before."""
    with transaction.atomic():
        locked = _pending(message)
        if locked is None or not Message.objects.filter(pk=message.pk, delay_notice_sent=False).update(
            delay_notice_sent=True
        ):
            return False
        _add_replies(locked, [reply])
        locked.save(update_fields=SAID)
        pg_notify.publish(locked.id)
    return True


def rate(conversation: uuid.UUID, helpful: bool, comment: str) -> None:
    """Store the rating; its comment is cleaned and masked. Raises text.Unreadable or ConversationClosed."""
    masked = masking.mask(text.clean(comment)) if comment.strip() else ""
    if not active(conversation).update(helpful=helpful, comment=masked, unindexed=True):
        raise ConversationClosed


def erase(conversation: uuid.UUID) -> None:
    """Erase all texts and revoke the token. The dispatcher erases the bot's copy as soon as the bot is available.

    Number and time of the messages stay, because erasing would otherwise reset the limits. Works after the expiry too.
    Raises ConversationClosed if it was erased before.
    """
    with transaction.atomic():
        locked = Conversation.objects.select_for_update().filter(id=conversation, erased_at=None).first()
        if locked is None:
            raise ConversationClosed
        Button.objects.filter(message__conversation=locked).delete()
        Explanation.objects.filter(message__conversation=locked).delete()
        locked.messages.update(text="", card=None, payload="")
        Conversation.objects.filter(id=conversation).update(
            erased_at=clock.now(), answered=F("asked"), helpful=None, comment="", unindexed=True, redacted={}
        )
        # Notify this process too: the console erases as well, without publishing to its readers.
        pg_notify.publish(conversation, sender=pg_notify.NO_WORKER)


def _locked(conversation: uuid.UUID) -> Conversation:
    found = _ACTIVE_ROW.first(id=conversation, now=clock.now())
    if found is None:
        raise ConversationClosed
    return found


def _post_once(conversation: uuid.UUID, client_id: uuid.UUID, post: Callable[[Conversation], Posted]) -> Posted:
    """Post within the limits. Known messages are looked up only after an error, because nearly every message is new."""
    try:
        with transaction.atomic():
            locked = _locked(conversation)
            limits.check_message(locked)
            return post(locked)
    except (IntegrityError, limits.TooMany, UnknownButton):
        known = Message.objects.filter(conversation=conversation, client_id=client_id).first()
        if known is None:
            raise
        return Posted(conversation, known.seq)


def _pending(message: Message) -> Conversation | None:
    """The conversation with its row locked, if this message still has no answer."""
    found = _ROW.first(id=message.conversation_id)
    return None if found is None or found.erased_at or found.answered >= message.seq else found


def _add_replies(conversation: Conversation, replies: list[Reply]) -> list[Message]:
    messages = [_next(conversation, Sender.BOT, reply["text"], card=reply["card"]) for reply in replies]
    Message.objects.bulk_create(messages)
    for message, reply in zip(messages, replies, strict=True):
        message.offered = _buttons(message, reply["buttons"])
    if offered := [button for message in messages for button in message.offered]:
        Button.objects.bulk_create(offered)
    return messages


def _ask(conversation: Conversation, worker: str, body: str, **fields: Any) -> Posted:
    conversation.hidden = conversation.hidden_now
    message = _next(conversation, Sender.CUSTOMER, body, **fields)
    message.save(force_insert=True)
    claims = bool(worker) and leases.claim_with(conversation, worker)
    conversation.asked = message.seq
    conversation.unindexed = True
    conversation.save(
        update_fields=[*SAID, "hidden", "asked", "leased_to", "leased_until", "unindexed", *redaction.CHANGED]
    )
    pg_notify.publish(conversation.id)
    updates = Updates([message], conversation.answered, True, conversation.hidden, conversation.redacted)
    return Posted(conversation.id, message.seq, message if claims else None, updates)


def _next(conversation: Conversation, sender: Sender, body: str, **fields: Any) -> Message:
    conversation.last_seq += 1
    conversation.last_at = clock.now()
    return Message(conversation=conversation, seq=conversation.last_seq, sender=sender, text=body, **fields)


def _buttons(message: Message, buttons: list[dict[str, str]]) -> list[Button]:
    return [
        Button(id=secrets.token_urlsafe(16), message=message, position=position, **button)
        for position, button in enumerate(buttons)
    ]
