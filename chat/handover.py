"""Leaving a hand-over request: the only part of `chat` that an action may call."""

import uuid

from django.db import DatabaseError

from chat.models import Conversation, HandOverRequest
from shop.database import DatabaseThreads


class HandOverUnavailable(Exception):
    """The request could not be stored."""


def leave_request(conversation: str, message_id: str, *, email: str, text: str, topic: str = "") -> HandOverRequest:
    """Store a request, or return the one that this message already made.

    Raises HandOverUnavailable, also if the conversation was erased before a late turn.
    """
    values = {"email": email, "text": text, "topic": topic}
    try:
        if _is_erased(conversation):
            raise HandOverUnavailable
        return HandOverRequest.objects.get_or_create(conversation=conversation, message_id=message_id, defaults=values)[
            0
        ]
    except DatabaseError as fault:
        raise HandOverUnavailable from fault


def _is_erased(conversation: str) -> bool:
    try:
        key = uuid.UUID(conversation)
    except ValueError:  # another channel's id, which is never erased
        return False
    return Conversation.objects.filter(id=key, erased_at__isnull=False).exists()


_in_thread = DatabaseThreads("handover", 2)(leave_request)


async def aleave_request(
    conversation: str, message_id: str, *, email: str, text: str, topic: str = ""
) -> HandOverRequest:
    """`leave_request` for coroutines. A database time-out counts as unavailable too."""
    try:
        return await _in_thread(conversation, message_id, email=email, text=text, topic=topic)
    except DatabaseError as fault:
        raise HandOverUnavailable from fault
