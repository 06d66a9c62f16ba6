"""The functions of `chat` that actions may call: leave a request for the team, and check whether a person is available.

Threats: one conversation fills the team's list; a stranger leaves a dozen requests under another person's e-mail. So a
conversation can leave at most MAX_PER_CONVERSATION messages, and an e-mail has one open request, to which further
messages are added. The e-mail is never a reason to refuse, because a refusal would reveal whether it has a request.
"""

import uuid
from collections.abc import Collection

from django.db import DatabaseError, IntegrityError, transaction

from chat import team
from chat.models import Conversation, HandOverReason, HandOverRequest, RequestAddition
from shop.database import DatabaseThreads

__all__ = [
    "HandOverReason", "HandOverUnavailable", "TooManyRequests", "aleave_request", "ateam_is_available", "forget",
    "leave_request",
]  # fmt: skip
# Messages for the team, in all requests of a conversation, which lasts a day.
MAX_PER_CONVERSATION = 3
# The row of one message. Each has its own reference, which reveals nothing about other requests of the e-mail.
Left = HandOverRequest | RequestAddition


class HandOverUnavailable(Exception):
    """The request could not be stored."""


class TooManyRequests(Exception):
    """The conversation has left MAX_PER_CONVERSATION messages already; no further one is stored."""


def leave_request(conversation: str, message_id: str, *, email: str, text: str, topic: str = "") -> Left:
    """Store a request, or add it to the e-mail's open one; a message that is handled again changes nothing.

    Returns the message's row. Raises TooManyRequests; or HandOverUnavailable, also if the conversation was erased
    meanwhile.
    """
    try:
        if _is_erased(conversation):
            raise HandOverUnavailable
        try:
            with transaction.atomic():
                return _left_by(conversation, message_id) or _leave(conversation, message_id, email, text, topic)
        except IntegrityError:  # the same message, handled twice at once
            if found := _left_by(conversation, message_id):
                return found
            raise
    except DatabaseError as fault:
        raise HandOverUnavailable from fault


def forget(conversations: Collection[str]) -> int:
    """Delete the messages that these conversations left; return how many. Additions of other conversations stay."""
    count = RequestAddition.objects.filter(conversation__in=conversations).delete()[0]
    for request in HandOverRequest.objects.filter(conversation__in=conversations):
        addition = request.additions.first()
        if addition is None:
            request.delete()
        else:  # the addition's message replaces the request's own
            for name in ("conversation", "message_id", "reference", "text", "created_at"):
                setattr(request, name, getattr(addition, name))
            request.answer = ""  # the team's answer may quote the deleted text
            addition.delete()
            request.save()
        count += 1
    return count


def _left_by(conversation: str, message_id: str) -> Left | None:
    key = {"conversation": conversation, "message_id": message_id}
    return RequestAddition.objects.filter(**key).first() or HandOverRequest.objects.filter(**key).first()


def _leave(conversation: str, message_id: str, email: str, text: str, topic: str) -> Left:
    """Two concurrent first messages for an e-mail create two requests; later messages are added to the older one."""
    kinds = (HandOverRequest, RequestAddition)
    if sum(kind.objects.filter(conversation=conversation).count() for kind in kinds) >= MAX_PER_CONVERSATION:
        raise TooManyRequests
    values = {"conversation": conversation, "message_id": message_id, "text": text}
    open_requests = HandOverRequest.objects.select_for_update().filter(email=email, answered_at=None)
    if found := open_requests.order_by("pk").first():
        return RequestAddition.objects.create(request=found, **values)
    return HandOverRequest.objects.create(email=email, topic=topic, **values)


def _is_erased(conversation: str) -> bool:
    try:
        key = uuid.UUID(conversation)
    except ValueError:  # another channel's id, which is never erased
        return False
    return Conversation.objects.filter(id=key, erased_at__isnull=False).exists()


_in_thread = DatabaseThreads("handover", 2)(leave_request)


async def aleave_request(conversation: str, message_id: str, *, email: str, text: str, topic: str = "") -> Left:
    """`leave_request` for coroutines. A database time-out counts as unavailable too."""
    try:
        return await _in_thread(conversation, message_id, email=email, text=text, topic=topic)
    except DatabaseError as fault:
        raise HandOverUnavailable from fault


def _team_is_available(conversation: str) -> bool:
    return Conversation.objects.filter(id=uuid.UUID(conversation)).exists() and team.is_available()


_available_in_thread = DatabaseThreads("team", 2)(_team_is_available)


async def ateam_is_available(conversation: str) -> bool:
    """Whether a person can answer in this conversation now. False for another channel, and if the database fails."""
    try:
        return await _available_in_thread(conversation)
    except (DatabaseError, ValueError):
        return False
