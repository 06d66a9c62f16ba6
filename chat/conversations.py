"""Conversations and their messages: opened, added to in order, read, erased.

Whoever adds a message holds its conversation's row, so that numbers have no gaps and are committed in their order: who
has read up to n has missed nothing before it.
"""

import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypedDict

from django.db import transaction
from django.db.models import F

from chat import limits, masking, text, tokens
from chat.models import Button, Conversation, Message, Sender
from shop import clock

LIFETIME = timedelta(hours=24)
# A card number that is typed in pieces is looked for in so many of the last messages.
PIECES = 5


class Gone(Exception):
    """The token is forged, or its conversation has ended or was erased."""


class UnknownButton(Exception):
    """No such button was offered in this conversation."""


class Reply(TypedDict):
    """What the bot says at one go, as bot/channel.py sends it."""

    text: str
    buttons: list[dict[str, str]]
    card: dict[str, Any] | None


@dataclass(frozen=True)
class News:
    """What a reader does not have yet. `answered`: the last customer message whose answer is complete."""

    messages: list[Message]
    answered: int
    typing: bool


def open_conversation(address: str) -> Conversation:
    """A new conversation for this IP address. Raises limits.TooMany."""
    fingerprint = limits.fingerprint(address)
    limits.check_opening(fingerprint)
    return Conversation.objects.create(address=fingerprint, expires_at=clock.now() + LIFETIME)


def of_token(token: str) -> Conversation:
    """The conversation that the token opens. Raises Gone."""
    try:
        key = tokens.conversation_of(token)
    except tokens.InvalidToken as fault:
        raise Gone from fault
    found = Conversation.objects.filter(id=key, erased_at=None, expires_at__gt=clock.now()).first()
    if found is None:
        raise Gone
    return found


def post_text(conversation: uuid.UUID, client_id: uuid.UUID, typed: str) -> int:
    """Store what the customer typed; its number. The same `client_id` again: the same number, and nothing new.

    Raises text.Unreadable, limits.TooMany or Gone.
    """
    said = masking.mask(text.clean(typed))
    with transaction.atomic():
        locked = _locked(conversation)
        if (known := _known(locked, client_id)) is not None:
            return known
        limits.check_message(locked)
        if _completes_a_card(locked, said):
            said = masking.CARD
        return _ask(locked, said, client_id=client_id).seq


def post_button(conversation: uuid.UUID, client_id: uuid.UUID, button: str) -> int:
    """Store that the customer chose this button; its number. Raises UnknownButton, limits.TooMany or Gone."""
    with transaction.atomic():
        locked = _locked(conversation)
        if (known := _known(locked, client_id)) is not None:
            return known
        limits.check_message(locked)
        offered = Button.objects.filter(id=button, message__conversation=locked).first() if button.isascii() else None
        if offered is None:
            raise UnknownButton
        return _ask(locked, offered.title, client_id=client_id, payload=offered.payload).seq


def answer(message: Message, replies: list[Reply]) -> bool:
    """Store the replies that complete the answer to this message.

    False, and nothing stored, when it was answered before: two processes that were asked answer once.
    """
    with transaction.atomic():
        locked = _owed(message)
        if locked is None:
            return False
        _add_replies(locked, replies)
        locked.answered = message.seq
        locked.save(update_fields=["last_seq", "answered"])
    return True


def tell_trouble(message: Message, reply: Reply) -> bool:
    """Say, once a message, that its answer is late. False when it was said, or the answer is there."""
    with transaction.atomic():
        locked = _owed(message)
        if locked is None or not Message.objects.filter(pk=message.pk, trouble_told=False).update(trouble_told=True):
            return False
        _add_replies(locked, [reply])
        locked.save(update_fields=["last_seq"])
    return True


def news(conversation: uuid.UUID, after: int) -> News:
    """The messages numbered above `after`, in order. Raises Gone."""
    # The conversation first: what is read of it is never newer than the messages that follow.
    found = Conversation.objects.filter(id=conversation, erased_at=None, expires_at__gt=clock.now()).first()
    if found is None:
        raise Gone
    messages = Message.objects.filter(conversation=found, seq__gt=after, seq__lte=found.last_seq)
    return News(list(messages.prefetch_related("buttons")), found.answered, found.asked > found.answered)


def rate(conversation: uuid.UUID, helpful: bool, comment: str) -> None:
    """Keep what the customer thinks of it; the comment as safe as a message. Raises text.Unreadable."""
    said = masking.mask(text.clean(comment)) if comment.strip() else ""
    Conversation.objects.filter(id=conversation, erased_at=None).update(
        helpful=helpful, comment=said, changed_at=clock.now()
    )


def erase(conversation: uuid.UUID) -> None:
    """Erase what was said and revoke the token. The bot's own memory is erased by the dispatcher, once it answers.

    That there was a message, and when, stays: else erasing would be the way round the limits.
    """
    with transaction.atomic():
        locked = _locked(conversation)
        Button.objects.filter(message__conversation=locked).delete()
        locked.messages.update(text="", card=None, payload="")
        Conversation.objects.filter(id=conversation).update(
            erased_at=clock.now(), changed_at=clock.now(), answered=F("asked"), helpful=None, comment=""
        )


def _locked(conversation: uuid.UUID) -> Conversation:
    found = Conversation.objects.select_for_update().filter(id=conversation, erased_at=None).first()
    if found is None:
        raise Gone
    return found


def _known(conversation: Conversation, client_id: uuid.UUID) -> int | None:
    return conversation.messages.filter(client_id=client_id).values_list("seq", flat=True).first()


def _owed(message: Message) -> Conversation | None:
    """The conversation, its row held, while this message still waits for its answer."""
    found = Conversation.objects.select_for_update().get(id=message.conversation_id)
    return None if found.erased_at or found.answered >= message.seq else found


def _add_replies(conversation: Conversation, replies: list[Reply]) -> None:
    for reply in replies:
        message = _add(conversation, Sender.BOT, reply["text"], card=reply["card"])
        Button.objects.bulk_create(_buttons(message, reply["buttons"]))


def _ask(conversation: Conversation, said: str, **fields: Any) -> Message:
    message = _add(conversation, Sender.CUSTOMER, said, **fields)
    conversation.asked = message.seq
    conversation.save(update_fields=["last_seq", "asked"])
    return message


def _add(conversation: Conversation, sender: Sender, said: str, **fields: Any) -> Message:
    conversation.last_seq += 1
    return Message.objects.create(
        conversation=conversation, seq=conversation.last_seq, sender=sender, text=said, **fields
    )


def _buttons(message: Message, buttons: list[dict[str, str]]) -> list[Button]:
    return [
        Button(id=secrets.token_urlsafe(16), message=message, position=position, **button)
        for position, button in enumerate(buttons)
    ]


def _completes_a_card(conversation: Conversation, said: str) -> bool:
    """Is this the last piece of a card number? Then the pieces before it are masked too."""
    with_digits = conversation.messages.filter(sender=Sender.CUSTOMER, text__regex=r"[0-9]")
    before = with_digits.order_by("-seq")[: PIECES - 1]
    pieces: list[Message] = []
    for message in before:
        pieces.insert(0, message)
        if masking.split_card([*(piece.text for piece in pieces), said]):
            Message.objects.filter(pk__in=[piece.pk for piece in pieces]).update(text=masking.CARD)
            return True
    return False
