"""Typing indicators, read marks and viewers of each conversation, in memory. Never stored.

Each web process keeps them until they expire. After a restart, all but the read marks return within seconds, because
the clients repeat them. chat/activity_signals.py publishes them to all processes.
"""

import threading
import time
import uuid
from collections import OrderedDict
from typing import TypedDict

from chat import pubsub

# Conversations of which anything is known: those that nothing was said about for longest are dropped.
MAX_CONVERSATIONS = 5_000
MAX_PER_CONVERSATION = 20
CUSTOMER, AGENT = "customer", "agent"

# Views write in threads, streams in the event loop.
_lock = threading.Lock()
_known: OrderedDict[uuid.UUID, dict[str, tuple[str, float]]] = OrderedDict()


class Shown(TypedDict, total=False):
    """What the other side's window shows. `read`: the number of the last message that was read."""

    typing: bool
    read: int


def of(conversation: uuid.UUID, side: str) -> Shown:
    """What is known of this side, CUSTOMER or AGENT."""
    shown = Shown()
    if value(conversation, f"types:{side}"):
        shown["typing"] = True
    if read := value(conversation, f"reads:{side}"):
        shown["read"] = int(read)
    return shown


def viewers(conversation: uuid.UUID, but: int) -> list[str]:
    """The names of the people whose inbox shows it, but for this one."""
    keys = [key for key in _known.get(conversation, {}) if key.startswith("looks:") and key != f"looks:{but}"]
    return sorted(name for key in keys if (name := value(conversation, key)))


def value(conversation: uuid.UUID, key: str) -> str:
    """The value under this key; empty if there is none, or if it has expired."""
    found, expires = _known.get(conversation, {}).get(key, ("", 0.0))
    return found if expires > time.monotonic() else ""


def seconds_left(conversation: uuid.UUID, key: str) -> float:
    return _known.get(conversation, {}).get(key, ("", 0.0))[1] - time.monotonic()


def keep(conversation: uuid.UUID, key: str, told: str, seconds: float) -> None:
    """Keep it for so many seconds, and wake the windows of this process."""
    with _lock:
        known = _known.pop(conversation, {})
        if key not in known and len(known) >= MAX_PER_CONVERSATION:
            known = {name: entry for name, entry in known.items() if entry[1] > time.monotonic()}
        if key in known or len(known) < MAX_PER_CONVERSATION:
            known = {**known, key: (told, time.monotonic() + seconds)}
        _known[conversation] = known
        while len(_known) > MAX_CONVERSATIONS:
            _known.popitem(last=False)
    pubsub.publish(conversation)


def receive(conversation: uuid.UUID, told: str) -> None:
    """What another process keeps: « seconds key value »."""
    seconds, key, words = told.split(" ", 2)
    keep(conversation, key, words, float(seconds))
