"""Publishes typing indicators, read marks and viewers to every web process (chat/pg_notify.py)."""

import uuid

from chat import activity, pg_notify

# Seconds until a state expires. Clients repeat « typing » every 3 s, inboxes « viewing » every 15 s.
TYPING_SECONDS, VIEWING_SECONDS, READ_SECONDS = 6, 40, 3600
# A state that is repeated sooner than this is not published again.
MIN_SECONDS = 1.0


def types(conversation: uuid.UUID, side: str) -> None:
    """Publish that this side (activity.CUSTOMER or AGENT) is writing a message."""
    _publish(conversation, f"types:{side}", "1", TYPING_SECONDS)


def stops(conversation: uuid.UUID, side: str) -> None:
    """Publish that this side has sent its message and is no longer writing."""
    if activity.value(conversation, f"types:{side}"):
        _publish(conversation, f"types:{side}", "", TYPING_SECONDS)


def reads(conversation: uuid.UUID, side: str, seq: int) -> None:
    """Publish that this side has read the messages up to this number."""
    if seq > int(activity.value(conversation, f"reads:{side}") or 0):
        _publish(conversation, f"reads:{side}", str(seq), READ_SECONDS)


def shows(conversation: uuid.UUID, user: int, name: str) -> None:
    """Publish that this agent's inbox shows the conversation."""
    _publish(conversation, f"shows:{user}", name, VIEWING_SECONDS)


def _publish(conversation: uuid.UUID, key: str, value: str, seconds: float) -> None:
    fresh = activity.seconds_left(conversation, key) > seconds - MIN_SECONDS
    if fresh and activity.value(conversation, key) == value:
        return
    activity.store(conversation, key, value, seconds)
    pg_notify.publish(conversation, state=f"{seconds} {key} {value}")
