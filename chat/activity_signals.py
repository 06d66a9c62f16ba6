"""Tells every web process who types, has read or looks, by the notification that updates use (chat/pg_notify.py)."""

import uuid

from chat import activity, pg_notify

# Seconds. A window that types says so every 3 s, an inbox that shows a conversation every 15 s.
TYPING_SECONDS, LOOKING_SECONDS, READ_SECONDS = 6, 40, 3600
# What is repeated sooner is not passed on.
MIN_SECONDS = 1.0


def types(conversation: uuid.UUID, side: str) -> None:
    """This side (activity.CUSTOMER or AGENT) is writing a message."""
    _tell(conversation, f"types:{side}", "1", TYPING_SECONDS)


def stops(conversation: uuid.UUID, side: str) -> None:
    """It has sent its message."""
    if activity.value(conversation, f"types:{side}"):
        _tell(conversation, f"types:{side}", "", TYPING_SECONDS)


def reads(conversation: uuid.UUID, side: str, seq: int) -> None:
    """This side has read the messages up to this number."""
    if seq > int(activity.value(conversation, f"reads:{side}") or 0):
        _tell(conversation, f"reads:{side}", str(seq), READ_SECONDS)


def looks(conversation: uuid.UUID, user: int, name: str) -> None:
    """This person's inbox shows the conversation."""
    _tell(conversation, f"looks:{user}", name, LOOKING_SECONDS)


def _tell(conversation: uuid.UUID, key: str, value: str, seconds: float) -> None:
    fresh = activity.seconds_left(conversation, key) > seconds - MIN_SECONDS
    if fresh and activity.value(conversation, key) == value:
        return
    activity.keep(conversation, key, value, seconds)
    pg_notify.publish(conversation, told=f"{seconds} {key} {value}")
