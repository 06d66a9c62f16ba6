"""What an action may call of `chat`: leaving a request for the team, and whether a person can answer now."""

import uuid

from django.db import DatabaseError

from chat import team
from chat.models import Conversation, HandOverReason, HandOverRequest
from shop.database import DatabaseThreads

__all__ = ["HandOverReason", "HandOverUnavailable", "aleave_request", "ateam_is_available", "leave_request"]


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


def _team_is_available(conversation: str) -> bool:
    return Conversation.objects.filter(id=uuid.UUID(conversation)).exists() and team.is_available()


_available_in_thread = DatabaseThreads("team", 2)(_team_is_available)


async def ateam_is_available(conversation: str) -> bool:
    """Whether a person can answer in this conversation now. False for another channel, and if the database fails."""
    try:
        return await _available_in_thread(conversation)
    except (DatabaseError, ValueError):
        return False
