"""From Rasa's events to turns: what the bot understood, did and remembered of one message. Pure functions."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Protocol

from console import bot_data

RUNNERS_UP = 3


class Row(Protocol):
    """An event as it is stored."""

    pk: int
    type_name: str
    timestamp: float
    data: str


@dataclass
class TurnData:
    """One turn, named like the fields of console.models.Turn."""

    source_id: int
    at: datetime
    text: str
    message_id: str
    channel: str
    intent: str
    confidence: float | None
    ranking: list[dict[str, Any]]
    entities: list[dict[str, Any]]
    actions: list[dict[str, Any]] = field(default_factory=list)
    slots: dict[str, Any] = field(default_factory=dict)
    replies: list[dict[str, Any]] = field(default_factory=list)
    form: str = ""
    seconds: float | None = None

    @property
    def pressed(self) -> bool:
        """A button's command: typed text never begins with a slash (bot/channel.py)."""
        return self.text.startswith("/")


def turns_of(
    rows: Iterable[Row], slots: dict[str, Any], form: str, set_aside: Callable[[int, str], None]
) -> list[TurnData]:
    """The turns that begin in these rows, in order; `slots` and `form` are the memory before them.

    A row that cannot be read is given to `set_aside` with the reason, and the others are read.
    """
    turns: list[TurnData] = []
    memory = dict(slots)
    over = False  # a new session has begun: what it clears is not taken from the turn before it
    for row in rows:
        try:
            event = json.loads(row.data)
            form = _remember(event, row.type_name, memory, form)
            over = row.type_name == "session_started" or (over and row.type_name != "user")
            if row.type_name == "user":
                turns.append(_begin(row, event))
            elif turns and not over:
                _add(turns[-1], event, row)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as fault:
            set_aside(row.pk, f"{row.type_name}\u00a0: {type(fault).__name__}")
            continue
        if turns and not over:
            turns[-1].slots = {name: value for name, value in memory.items() if value is not None}
            turns[-1].form = form
    return turns


def _remember(event: dict[str, Any], kind: str, memory: dict[str, Any], form: str) -> str:
    """Put a slot into the memory; the form that is active now."""
    if kind == "session_started":
        memory.clear()
        return ""
    if kind == "slot":
        memory[event["name"]] = event["value"]
    if kind == "active_loop":
        return event["name"] or ""
    return form


def _begin(row: Row, event: dict[str, Any]) -> TurnData:
    read = event["parse_data"]
    intent = read.get("intent") or {}
    entities = _entities(read, intent.get("name") or "")
    understood = (intent.get("name"), bot_data.classified_question(intent.get("name") or "", entities), "nlu_fallback")
    ranking = [
        {"name": one["name"], "confidence": one["confidence"]}
        # Questions; topics in the events of before there were any.
        for one in read.get("question_ranking") or read.get("intent_ranking") or []
        if one["name"] not in understood
    ]
    return TurnData(
        source_id=row.pk,
        at=datetime.fromtimestamp(row.timestamp, tz=timezone.utc),
        text=str(event["text"] or ""),
        message_id=str(event.get("message_id") or ""),
        channel=event.get("input_channel") or "",
        intent=intent.get("name") or "",
        confidence=intent.get("confidence"),
        ranking=ranking[:RUNNERS_UP],
        entities=entities,
    )


def _entities(read: dict[str, Any], intent: str) -> list[dict[str, Any]]:
    """What was found, and one entity for the question: that of the button (« delay »), else the one that was read."""
    found = [{key: one.get(key) for key in ("entity", "value", "start", "end")} for one in read.get("entities") or []]
    pressed = next((one["value"] for one in found if one["entity"] == bot_data.QUESTION), None)
    question = f"{intent}/{pressed}" if pressed else read.get("question") or ""
    kept = [one for one in found if one["entity"] != bot_data.QUESTION]
    if "/" in question and bot_data.topic_of(question) == intent:
        kept.append({"entity": bot_data.QUESTION, "value": question, "start": None, "end": None})
    return kept


def _add(turn: TurnData, event: dict[str, Any], row: Row) -> None:
    if row.type_name == "action" and event["name"] != "action_listen":
        turn.actions.append({"name": event["name"], "policy": event.get("policy") or ""})
    if row.type_name == "bot":
        data = event.get("data") or {}
        turn.replies.append(
            {
                "name": (event.get("metadata") or {}).get("utter_action") or "",
                "text": event.get("text") or "",
                "buttons": [button["title"] for button in data.get("buttons") or []],
                "card": (data.get("custom") or {}).get("card"),
            }
        )
        turn.seconds = max(0.0, row.timestamp - turn.at.timestamp())
