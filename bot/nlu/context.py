"""The context of a message as a feature: what the bot answered or asked before it.

A context is one key: the last answered question (« ask_refund/delay »), or what the bot is waiting for («
ask_order_number »). Training examples have it as `metadata: {after: …}`; at run time it comes from the tracker.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bot.nlu.text import normalised

if TYPE_CHECKING:
    # Only for type checks: the console classifies messages too (console/computing/reading.py), without Rasa.
    from rasa.shared.core.trackers import DialogueStateTracker
    from rasa.shared.nlu.training_data.message import Message

_CHANGE = re.compile(
    r"rien à voir|\b(?:autre|derni[èe]re) (?:chose|question|sujet|point)|\bdernier point|chang\w+ de sujet"
    # But « sinon ? », « sinon il se passe quoi ? » ask about the last answer.
    r"|\bsinon\b(?!\s*(?:\?|$|il\b|ça|ca\b|on\b|quoi|c['’]est quoi|je risque))"
    r"|\bau fait\b|d['’]ailleurs|par ailleurs|tant qu['’]on y|tant que j['’]y|à propos|en passant|\blaiss\w+ tomber|"
    r"^(?:nn|non|bon|ok)?,? ?laiss\w+\b",
    re.IGNORECASE,
)
# The customer rejects the last answer: « non, je vous parle du retour », « c'est pas un retour ».
_CORRECTION = re.compile(
    r"\bje (?:vous |te )?parl(?:e|ais)\b|\b(?:pas|rien à voir avec) ma question\b|^\W*pas du tout\W*(?:[,.!]|$)"
    r"|\bje (?:ne )?(?:veux|voulais|demande) pas\b|\bj['’]ai pas (?:dit|demand[ée])\b"
    r"|\bc['’]?est pas (?:une?|le|la|les|mon|ma|pour|ça|ca)\b|^\W*(?:(?:mais|ah|ben) )?(?:non|nan|nn)\W+(?:\w+\W+){3}",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+|\?")

# « Je n’ai pas d’information »: after it, the next message may be about any topic.
UNANSWERED = "out_of_scope/shop"

# The slot with the last answered questions, the latest last.
ANSWERED = "answered_questions"

# The slot that a form requests → the context key in the training lines.
ASKED = {
    "order_number": "ask_order_number",
    "tradein_number": "ask_tradein_number",
    "email": "ask_email",
    "slip_noted": "ask_slip",
    "photos_taken": "ask_photos",
}


def from_tracker(tracker: DialogueStateTracker | None) -> str | None:
    """The context of the next message; None at the start of a conversation, or without a tracker."""
    if tracker is None:
        return None
    slots = tracker.current_slot_values()
    # Messages during handover_form still refer to what was answered before it.
    asked = slots.get("requested_slot") if tracker.active_loop_name not in (None, "handover_form") else None
    return ASKED.get(asked or "") or slots.get("question")


def possible_contexts(tracker: DialogueStateTracker | None, text: str) -> list[str | None]:
    """All contexts that the message may refer to.

    After a message with several questions, that is each of them. If the customer announces a change of subject or
    rejects the last answer, or the last answer was « no information », the message may also stand alone.
    """
    latest = from_tracker(tracker)
    if tracker is None or latest is None:
        return [latest]
    before = tracker.latest_message.parse_data if tracker.latest_message else {}
    several = [before.get("question"), *(before.get("further_questions") or [])]
    found = [latest, *(several if latest in several[1:] else [])]
    corrects = latest not in ASKED.values() and _CORRECTION.search(text)
    may_stand_alone = corrects or _CHANGE.search(text) or latest == UNANSWERED
    return list(dict.fromkeys([*found, None] if may_stand_alone else found))


def topic_of(question: str) -> str:
    """« ask_refund/delay » → « ask_refund »."""
    return question.partition("/")[0]


def last_about(tracker: DialogueStateTracker | None, topic: str) -> str | None:
    """The topic's question that was answered last in this conversation; None if there was none."""
    answered: list[str] = tracker.current_slot_values().get(ANSWERED) or [] if tracker else []
    return next((question for question in reversed(answered) if topic_of(question) == topic), None)


def previous_text(tracker: DialogueStateTracker | None) -> str:
    """The text of the previous message."""
    return (tracker and tracker.latest_message and tracker.latest_message.text) or ""


def from_example(example: Message) -> str | None:
    """The context of a training example."""
    metadata: dict[str, Any] = example.get("metadata") or {}
    return (metadata.get("intent") or {}).get("after")


def terms(context: str | None) -> list[str]:
    """The context's features: its topic, and the question itself."""
    if not context:
        return []
    topic = topic_of(context)
    return [topic] if topic == context else [topic, context]


def context_pairs(text: str, context: str | None) -> str:
    """« combien ? » after a trade-in → « cancel_tradein|combien cancel_tradein|? »; empty without a context."""
    if not context:
        return ""
    topic = topic_of(context)
    return " ".join(f"{topic}|{word}" for word in _WORD.findall(normalised(text)))


def augment_with_contexts(
    texts: Sequence[str], contexts: Sequence[str | None], copies: Sequence[float]
) -> list[tuple[int, str | None]]:
    """Choose lines to be trained in other contexts too: [(line's index, context)].

    A first question may also come later, after any topic, and « c'est où ? » after any answer. `copies`: for each line,
    the number of other contexts; a fraction is the probability of one more. The choice is a hash of the text, so that
    the same lines always give the same model.
    """
    known = sorted({context for context in contexts if context})
    spread: list[tuple[int, str | None]] = []
    for place, (text, own, wanted) in enumerate(zip(texts, contexts, copies, strict=True)):
        number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        chosen = int(wanted) + (number % 1000 < wanted % 1 * 1000) if known else 0
        for copy in range(chosen):
            other = known[(number // 1000 + copy * len(known) // chosen) % len(known)]
            if other != own:
                spread.append((place, other))
    return spread
