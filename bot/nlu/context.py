"""What was said before a message, as evidence for what it means.

A context is one key: the question answered last (« ask_refund/delay »), or what the bot is waiting for
(« ask_order_number »). Training examples carry it as `metadata: {after: …}`; at run time it is read off the tracker.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.text import normalised

_CHANGE = re.compile(
    r"rien à voir|\b(?:autre|derni[èe]re) (?:chose|question|sujet|point)|\bdernier point|chang\w+ de sujet|\bsinon\b"
    r"|\bau fait\b|d['’]ailleurs|par ailleurs|tant qu['’]on y|tant que j['’]y|à propos|en passant|\blaiss\w+ tomber|"
    r"^(?:nn|non|bon|ok)?,? ?laiss\w+\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+|\?")

# The slots that a form asks for → the key that the training lines use.
ASKED = {
    "order_number": "ask_order_number",
    "tradein_number": "ask_tradein_number",
    "email": "ask_email",
    "slip_noted": "ask_slip",
    "photos_taken": "ask_photos",
}


def from_tracker(tracker: DialogueStateTracker | None) -> str | None:
    """The context of the message that comes next; None at a conversation's beginning, or where only a text is read."""
    if tracker is None:
        return None
    slots = tracker.current_slot_values()
    # Who leaves a request for the team still speaks of what came before.
    asked = slots.get("requested_slot") if tracker.active_loop_name not in (None, "handover_form") else None
    return ASKED.get(asked or "") or slots.get("question")


def possible_contexts(tracker: DialogueStateTracker | None, text: str) -> list[str | None]:
    """Each context that a message may be said in.

    After a message with several questions each of them is one. And who says that they change the subject may mean what
    the words mean alone.
    """
    contexts = from_tracker(tracker)
    if tracker is None or contexts is None:
        return [contexts]
    before = tracker.latest_message.parse_data if tracker.latest_message else {}
    several = [before.get("question"), *(before.get("further_questions") or [])]
    found = [contexts, *(several if contexts in several[1:] else [])]
    return list(dict.fromkeys([*found, None] if _CHANGE.search(text) else found))


def from_example(example: Message) -> str | None:
    """The context that a training example was written for."""
    metadata: dict[str, Any] = example.get("metadata") or {}
    return (metadata.get("intent") or {}).get("after")


def terms(context: str | None) -> list[str]:
    """What the model sees of a context: its topic, and the question itself."""
    if not context:
        return []
    topic = context.partition("/")[0]
    return [topic] if topic == context else [topic, context]


def context_pairs(text: str, context: str | None) -> str:
    """« combien ? » after a trade-in → « cancel_tradein|combien cancel_tradein|? »; nothing without a context."""
    if not context:
        return ""
    topic = context.partition("/")[0]
    return " ".join(f"{topic}|{word}" for word in _WORD.findall(normalised(text)))


def augment_with_contexts(
    texts: Sequence[str], contexts: Sequence[str | None], probabilities: Sequence[float]
) -> list[tuple[int, str | None]]:
    """(line, a context) for lines without one: a first question may also come later, about anything.

    `probabilities`: for each line, how likely it is chosen, 0 to 1. Chosen by a hash of the text, so that the same lines are
    trained in the same way.
    """
    known = [context for context in contexts if context]
    spread: list[tuple[int, str | None]] = []
    for place, (text, context, probability) in enumerate(zip(texts, contexts, probabilities, strict=True)):
        number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        if context is None and known and number % 1000 < probability * 1000:
            spread.append((place, known[number // 1000 % len(known)]))
    return spread
