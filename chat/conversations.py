"""Writes conversations and their messages: open, post, answer, rate, erase. chat/updates.py reads them.

Adding a message locks the conversation's row, so that numbers have no gaps and are committed in order: a reader that
has message n has all earlier ones.
"""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from chat import (
    addresses,
    answer_notices,
    leases,
    limits,
    masking,
    pg_notify,
    photos,
    redaction,
    rows,
    service_periods,
    takeover,
    text,
    tokens,
)
from chat.models import LIFETIME, Button, Conversation, Ending, Explanation, Message, Photo, Responder, Sender
from chat.rows import Answer, Reply
from chat.updates import ConversationClosed, Posted, Updates, active
from shop import clock
from shop.masking.traces import traces_of, without

# Maximum number of messages of both sides; even the fastest typing takes more than an hour to reach it. It limits the
# cost of everything that reads a whole conversation: opening a window, a transcript, the bot's redaction.
MAX_MESSAGES = 5_000
# The fields of the conversation that a message changes, and those that an answer changes.
_MESSAGE_FIELDS = ["last_seq", "last_at"]
_ANSWER_FIELDS = [
    *_MESSAGE_FIELDS, "answered", "leased_to", "leased_until", "unindexed", "responder", "responder_since", "agent",
    "reason", "offered_to", "offered_at",
]  # fmt: skip


class ConversationFull(ConversationClosed):
    """The conversation has MAX_MESSAGES; the customer must open another one."""


class UnknownButton(Exception):
    """This conversation offered no such button."""


def open_conversation(address: str) -> Conversation:
    """Open a conversation for this IP address. Raises limits.TooMany."""
    fingerprint = addresses.fingerprint(address)
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

    A text that equals the title of an offered button counts as choosing it. `worker` takes the lease, unless
    another process has it. Raises text.Unreadable, limits.TooMany or ConversationClosed.
    """
    cleaned = text.clean(typed)

    def post(locked: Conversation) -> Posted:
        if button := _typed_button(locked, cleaned):
            return _choose(locked, worker, button, cleaned, client_id)
        return _add_message(locked, worker, masking.mask_in(locked, cleaned), client_id=client_id)

    return _post_once(conversation, client_id, post)


def post_button(conversation: uuid.UUID, client_id: uuid.UUID, button: str, worker: str = "") -> Posted:
    """Store the customer's choice of a button. Raises UnknownButton, limits.TooMany or ConversationClosed."""

    is_id = button.isascii() and button.isprintable()  # PostgreSQL refuses others, such as NUL

    def post(locked: Conversation) -> Posted:
        offered = Button.objects.filter(id=button, message__conversation=locked).first() if is_id else None
        if offered is None:
            raise UnknownButton
        return _choose(locked, worker, offered, offered.title, client_id)

    return _post_once(conversation, client_id, post)


def post_photos(conversation: uuid.UUID, client_id: uuid.UUID, ids: Sequence[uuid.UUID], worker: str = "") -> Posted:
    """Store a message of these stored photos. Raises photos.UnknownPhoto, limits.TooMany or ConversationClosed."""

    def post(locked: Conversation) -> Posted:
        return _add_message(locked, worker, photos.words(len(ids)), client_id=client_id, attached=ids)

    return _post_once(conversation, client_id, post)


def answer(message: Message, given: Answer) -> Updates | None:
    """Store the answer to this message with its explanation; release the lease if no other message is pending.

    If the message is not pending any more, stores only the explanation of the suppressed answer, and returns None:
    another process has stored an answer, or a person took over.
    """
    given = answer_notices.with_notices(message, given)
    with transaction.atomic():
        locked = _pending(message)
        if locked is None:
            _store_suppressed(message, given)
            return None
        reason = next((reply["handover"] for reply in given["replies"] if "handover" in reply), "")
        replies = takeover.with_queue_buttons(given["replies"]) if reason else given["replies"]
        explanation = given["explanation"]
        if str(message.seq) in locked.redacted:  # redacted while the bot answered: `message` has the old text
            traces = traces_of(message.text)
            replies, explanation = without(replies, traces), without(explanation, traces)
            explanation = explanation and {**explanation, "entities": [], "slots": {}}
        messages = rows.add_replies(locked, [photos.with_offer(reply) for reply in replies])
        if explanation:
            Explanation.objects.create(message=message, data=explanation)
        locked.answered = message.seq
        locked.unindexed = True
        if reason:
            takeover.start_waiting(locked, reason)
        if not locked.is_pending:
            locked.leased_to, locked.leased_until = "", None
        locked.save(update_fields=_ANSWER_FIELDS)
        pg_notify.publish(locked.id)
    return Updates.of(locked, messages)


def add_delay_notice(message: Message, reply: Reply) -> bool:
    """Store the delay notice, at most once per message. False if the notice or the answer was already stored."""
    with transaction.atomic():
        locked = _pending(message)
        if locked is None or not Message.objects.filter(pk=message.pk, delay_notice_sent=False).update(
            delay_notice_sent=True
        ):
            return False
        rows.add_replies(locked, [reply])
        locked.save(update_fields=_MESSAGE_FIELDS)
        pg_notify.publish(locked.id)
    return True


def rate(conversation: uuid.UUID, helpful: bool, comment: str) -> None:
    """Store the rating; its comment is cleaned and masked. Raises text.Unreadable or ConversationClosed."""
    masked = masking.mask(text.clean(comment)) if comment.strip() else ""
    if not active(conversation).update(helpful=helpful, comment=masked, unindexed=True):
        raise ConversationClosed


def erase(conversation: uuid.UUID) -> None:
    """Erase all texts and revoke the token. The dispatcher erases the bot's copy as soon as the bot is available.

    The rows with their numbers and times stay, because the rate limits count them. An expired conversation can be
    erased too. Raises ConversationClosed if it was erased before.
    """
    with transaction.atomic():
        locked = Conversation.objects.select_for_update().filter(id=conversation, erased_at=None).first()
        if locked is None:
            raise ConversationClosed
        service_periods.change(locked, Responder.BOT, None, Ending.OVER)
        Button.objects.filter(message__conversation=locked).delete()
        Explanation.objects.filter(message__conversation=locked).delete()
        photos.erase(Photo.objects.filter(conversation=locked))
        locked.messages.update(text="", card=None, payload="", photos=None)
        Conversation.objects.filter(id=conversation).update(
            erased_at=clock.now(),
            answered=F("asked"),
            helpful=None,
            comment="",
            unindexed=True,
            responder=Responder.BOT,
            redacted={},
        )
        # Notify this process's own readers too: the console erases conversations without publishing to them.
        pg_notify.publish(conversation, sender=pg_notify.NO_WORKER)


def _post_once(conversation: uuid.UUID, client_id: uuid.UUID, post: Callable[[Conversation], Posted]) -> Posted:
    """Post within the limits. A repeated message is looked up only if the insert fails, because nearly all are new."""
    try:
        with transaction.atomic():
            locked = rows.lock_active(conversation)
            if locked.last_seq >= MAX_MESSAGES:
                raise ConversationFull
            limits.check_message(locked)
            return post(locked)
    except (IntegrityError, limits.TooMany, UnknownButton, ConversationFull, photos.UnknownPhoto):
        known = Message.objects.filter(conversation=conversation, client_id=client_id).first()
        if known is None:
            raise
        return Posted(conversation, known.seq)


def _typed_button(conversation: Conversation, typed: str) -> Button | None:
    """The button of the bot's newest answer whose title was typed; None while a person answers.

    A title that is itself a question (« Où est mon colis ? ») does not count: the bot classifies it like any text.
    """
    if not text.letters(typed) or conversation.responder == Responder.AGENT:
        return None
    newest = Button.objects.filter(message__conversation=conversation, message__seq__gt=conversation.asked)
    offered = newest.exclude(payload__contains='"question"')
    return next((button for button in offered.order_by("-message__seq") if text.is_title(typed, button.title)), None)


def _choose(conversation: Conversation, worker: str, button: Button, said: str, client_id: uuid.UUID) -> Posted:
    if button.payload == takeover.LEAVE_QUEUE:
        return takeover.leave_queue(conversation, client_id, said)
    takeover.stop_waiting(conversation)
    return _add_message(conversation, worker, said, client_id=client_id, payload=button.payload)


def _pending(message: Message) -> Conversation | None:
    """The conversation with its row locked, if this message still has no answer."""
    found = rows.lock(message.conversation_id)
    return None if found is None or found.erased_at or found.answered >= message.seq else found


def _store_suppressed(message: Message, given: Answer) -> None:
    """Store the suppressed answer's explanation for the console, unless the conversation was erased."""
    if given["explanation"] and Conversation.objects.filter(id=message.conversation_id, erased_at=None).exists():
        Explanation.objects.get_or_create(message=message, defaults={"data": given["explanation"], "suppressed": True})


def _add_message(
    conversation: Conversation, worker: str, body: str, attached: Sequence[uuid.UUID] = (), **fields: Any
) -> Posted:
    """Add the customer's message. It is pending for the bot, or addressed to the person who answers."""
    conversation.hidden = conversation.hidden_now
    for_bot = conversation.is_with_bot
    message = rows.append(conversation, Sender.CUSTOMER, body, for_team=not for_bot, **fields)
    if attached:
        photos.attach(message, attached)
    else:
        message.save(force_insert=True)
    claims = bool(worker) and for_bot and leases.claim_with(conversation, worker)
    conversation.asked = message.seq
    if not for_bot:
        conversation.answered = message.seq
    conversation.unindexed = True
    conversation.save(update_fields=["asked", "hidden", *_ANSWER_FIELDS, *redaction.CHANGED])
    pg_notify.publish(conversation.id)
    updates = Updates.of(conversation, [message], typing=for_bot)
    return Posted(conversation.id, message.seq, message if claims else None, updates)
