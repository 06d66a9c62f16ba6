"""Leaving a hand-over request: the one thing of `chat` that an action may call."""

from asgiref.sync import sync_to_async
from django.db import DatabaseError

from chat.models import HandOverRequest


class HandOverUnavailable(Exception):
    """The request could not be stored."""


def leave_request(conversation: str, message_id: str, *, email: str, text: str, topic: str = "") -> HandOverRequest:
    """Store a request, or give back the one that this message already made. Raises HandOverUnavailable."""
    values = {"email": email, "text": text, "topic": topic}
    try:
        return HandOverRequest.objects.get_or_create(conversation=conversation, message_id=message_id, defaults=values)[
            0
        ]
    except DatabaseError as fault:
        raise HandOverUnavailable from fault


aleave_request = sync_to_async(leave_request)
