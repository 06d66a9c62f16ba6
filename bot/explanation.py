"""Explains an answer of the bot: the turn's events, reduced to what the console shows.

Sent with the replies (bot/channel.py), so that `chat` stores the answer and its explanation in one transaction. Pure
functions over events in Rasa's stored form (Event.as_dict).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypedDict

from actions.topics import QUESTION

RUNNERS_UP = 3

Event = dict[str, Any]


class Explanation(TypedDict):
    """JSON. `ranking` and `confidence` are probabilities; `slots` and `form` are the state after the turn.

    `model`: Rasa's id of the model that read the message; empty if it was stored before this field existed.
    """

    model: str
    intent: str
    confidence: float | None
    ranking: list[dict[str, Any]]
    entities: list[dict[str, Any]]
    actions: list[dict[str, str]]
    slots: dict[str, Any]
    form: str
    replies: list[dict[str, Any]]


def explain(events: Iterable[Event], slots: dict[str, Any], form: str | None) -> Explanation | None:
    """The explanation of one turn; None if its events contain no customer message, such as a session start."""
    found: Explanation | None = None
    for event in events:
        if event["event"] == "user":
            found = _of_message(event)
        elif found and event["event"] == "action" and event["name"] != "action_listen":
            found["actions"].append({"name": event["name"], "policy": event.get("policy") or ""})
        elif found and event["event"] == "bot":
            found["replies"].append(reply(event))
    if found:
        found["slots"] = {name: value for name, value in slots.items() if value is not None}
        found["form"] = form or ""
    return found


def explain_all(events: Iterable[Event]) -> dict[str, Explanation]:
    """{message id: explanation} of a whole conversation, given all its events."""
    found: dict[str, Explanation] = {}
    for turn in _turns(events):
        if explanation := explain(turn.events, turn.slots, turn.form):
            found[str(turn.events[0].get("message_id") or "")] = explanation
    return found


def reply(event: Event) -> dict[str, Any]:
    data = event.get("data") or {}
    return {
        "name": (event.get("metadata") or {}).get("utter_action") or "",
        "text": event.get("text") or "",
        "buttons": [button["title"] for button in data.get("buttons") or []],
        "card": (data.get("custom") or {}).get("card"),
    }


@dataclass
class _Turn:
    """A message's events, and the state after them."""

    slots: dict[str, Any]
    form: str
    events: list[Event] = field(default_factory=list)


def _turns(events: Iterable[Event]) -> Iterator[_Turn]:
    """The turns. One ends before the next message, or when a new session clears the state."""
    turn = _Turn({}, "")
    for event in events:
        if event["event"] in ("user", "session_started"):
            if turn.events:
                yield turn
            turn = _Turn(turn.slots, turn.form) if event["event"] == "user" else _Turn({}, "")
        if turn.events or event["event"] == "user":
            turn.events.append(event)
        if event["event"] == "slot":
            turn.slots = turn.slots | {event["name"]: event["value"]}
        if event["event"] == "active_loop":
            turn.form = event["name"] or ""
    if turn.events:
        yield turn


def _of_message(event: Event) -> Explanation:
    """The explanation of a customer's message, still without actions, slots and replies."""
    read = event["parse_data"]
    intent = (read.get("intent") or {}).get("name") or ""
    entities = _entities(read, intent)
    question = next((one["value"] for one in entities if one["entity"] == QUESTION), intent)
    ranking = [
        {"name": one["name"], "confidence": one["confidence"]}
        # Events of older models have topics but no questions.
        for one in read.get("question_ranking") or read.get("intent_ranking") or []
        if one["name"] not in (intent, question, "nlu_fallback")
    ]
    return {
        "model": (event.get("metadata") or {}).get("model_id") or "",
        "intent": intent,
        "confidence": (read.get("intent") or {}).get("confidence"),
        "ranking": ranking[:RUNNERS_UP],
        "entities": entities,
        "actions": [],
        "slots": {},
        "form": "",
        "replies": [],
    }


def _entities(read: dict[str, Any], intent: str) -> list[dict[str, Any]]:
    """The extracted entities, and an entity `question`: the button's (« delay »), or else the classified one."""
    found = [{key: one.get(key) for key in ("entity", "value", "start", "end")} for one in read.get("entities") or []]
    pressed = next((one["value"] for one in found if one["entity"] == QUESTION), None)
    question = f"{intent}/{pressed}" if pressed else read.get("question") or ""
    kept = [one for one in found if one["entity"] != QUESTION]
    if question.startswith(f"{intent}/"):
        kept.append({"entity": QUESTION, "value": question, "start": None, "end": None})
    return kept
