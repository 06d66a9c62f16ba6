"""Typing indicators, read marks and viewers of each conversation, in memory. Never stored.

Each web process keeps them until they expire. After a restart, all but the read marks return within seconds, because
the clients send them periodically. chat/activity_signals.py publishes them to all processes.
"""

import threading
import time
import uuid
from collections import OrderedDict
from typing import TypedDict

from chat import pubsub

# Maximum number of conversations with a state; the least recently updated ones are dropped.
MAX_CONVERSATIONS = 5_000
MAX_PER_CONVERSATION = 20
CUSTOMER, AGENT = "customer", "agent"

# Both threads (chat/activity_signals.py) and the event loop (chat/pg_notify.py) write.
_lock = threading.Lock()
_known: OrderedDict[uuid.UUID, dict[str, tuple[str, float]]] = OrderedDict()


class Shown(TypedDict, total=False):
    """One side's state, as the other side's window shows it. `read`: the number of the last message that was read."""

    typing: bool
    read: int


def of(conversation: uuid.UUID, side: str) -> Shown:
    """The state of this side, CUSTOMER or AGENT, that has not expired."""
    shown = Shown()
    if value(conversation, f"types:{side}"):
        shown["typing"] = True
    if read := value(conversation, f"reads:{side}"):
        shown["read"] = int(read)
    return shown


def viewers(conversation: uuid.UUID, excluding: int) -> list[str]:
    """The names of the agents whose inbox shows the conversation, without this one."""
    keys = [key for key in _known.get(conversation, {}) if key.startswith("shows:") and key != f"shows:{excluding}"]
    return sorted(name for key in keys if (name := value(conversation, key)))


def value(conversation: uuid.UUID, key: str) -> str:
    """The value under this key; empty if there is none, or if it has expired."""
    found, expires = _known.get(conversation, {}).get(key, ("", 0.0))
    return found if expires > time.monotonic() else ""


def seconds_left(conversation: uuid.UUID, key: str) -> float:
    return _known.get(conversation, {}).get(key, ("", 0.0))[1] - time.monotonic()


def store(conversation: uuid.UUID, key: str, text: str, seconds: float) -> None:
    """Store the value for this many seconds, and wake this process's readers of the conversation."""
    with _lock:
        known = _known.pop(conversation, {})
        if key not in known and len(known) >= MAX_PER_CONVERSATION:
            known = {name: entry for name, entry in known.items() if entry[1] > time.monotonic()}
        if key in known or len(known) < MAX_PER_CONVERSATION:
            known = {**known, key: (text, time.monotonic() + seconds)}
        _known[conversation] = known
        while len(_known) > MAX_CONVERSATIONS:
            _known.popitem(last=False)
    pubsub.publish(conversation)


def receive(conversation: uuid.UUID, state: str) -> None:
    """Store the state that another process published: « seconds key value »."""
    seconds, key, text = state.split(" ", 2)
    store(conversation, key, text, float(seconds))
