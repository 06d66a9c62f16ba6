"""Replaces the texts of messages in a conversation's stored events, and removes them from derived events."""

from collections.abc import Mapping
from typing import Any

from shop.masking.traces import traces_of, without

Event = dict[str, Any]
# The parts of the NLU result that are kept, because they do not quote the message.
_KEPT = ("intent", "intent_ranking", "question", "question_ranking", "further_questions", "offered_questions")


def redacted(events: list[Event], texts: Mapping[str, str]) -> list[Event]:
    """The events, in order, with the text of each of these messages ({id: new text}) replaced.

    From the first of them on, quotes of an old text are removed from slots, replies and NLU results. Pure and
    idempotent.
    """
    traces: list[str] = []
    found = []
    for event in events:
        text = texts.get(str(event.get("message_id"))) if event["event"] == "user" else None
        if text is not None and event["text"] != text:
            traces += traces_of(event["text"]) + _values(event)
        found.append(_without(event, traces) if text is None else _replaced(event, text))
    return found


def _values(event: Event) -> list[str]:
    entities = (event.get("parse_data") or {}).get("entities") or []
    return [value for entity in entities for value in traces_of(str(entity.get("value")))]


def _replaced(event: Event, text: str) -> Event:
    read = event.get("parse_data") or {}
    kept = {name: read[name] for name in _KEPT if name in read}
    return event | {"text": text, "parse_data": {**kept, "text": text, "entities": []}}


def _without(event: Event, traces: list[str]) -> Event:
    clean: Event = without(event, traces)
    if event["event"] == "slot" and clean != event:
        return event | {"value": None}
    return clean
