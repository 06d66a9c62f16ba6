"""Classifies messages with two models, and finds those whose answer differs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from actions import responses
from bot import versions
from bot.nlu import message_parts
from bot.nlu.context import ANSWERED
from console import bot_data
from replay.answer_selection import AND, select_answer, tracker_of
from replay.classification import Before, Parsed, Pipeline
from replay.stored_messages import StoredMessage

# The slots on which the classification depends (bot/nlu/context.py, inform_override.py).
_READ_SLOTS = ("question", "requested_slot", "offer", "order_number", "refused_lookup")
# Cache sizes, because customers often write the same: messages whose answer does not change, and the encoder's vectors
# (two kilobytes each).
REMEMBERED = 200_000
VECTORS = 20_000


@dataclass(frozen=True)
class Change:
    """How a message's answer changes, and which questions the two models read in it."""

    before: str
    after: str
    read_before: str
    read_after: str


class Comparison:
    """The model in service and a candidate, by their files."""

    def __init__(self, live: tuple[Path, str], candidate: tuple[Path, str]) -> None:
        """Raises UntrustedModel."""
        self._vectors: dict[str, Any] = {}
        self._live, self._candidate = (Pipeline(*one, self._vectors) for one in (live, candidate))
        for file, _ in (live, candidate):
            responses.add(versions.replies_of(file))
        # A dictionary is ordered: the oldest entries are evicted first.
        self._unchanged: dict[Any, None] = {}

    def changes(self, messages: Sequence[StoredMessage]) -> dict[int, Change]:
        """{id of the turn: how its answer changes}"""
        if len(self._vectors) > VECTORS:
            self._vectors.clear()
        distinct = {_key(one): one for one in messages if _key(one) not in self._unchanged}
        texts = [one.text for one in distinct.values()]
        befores = [Before(one.slots, one.form, one.said, one.several) for one in distinct.values()]
        read = zip(self._live.read(texts, befores), self._candidate.read(texts, befores), strict=True)
        different = {key: both for key, both in zip(distinct, read, strict=True) if _deciding(*both)}
        self._remember(key for key in distinct if key not in different)
        found = {one.turn: _change(one, *different[_key(one)]) for one in messages if _key(one) in different}
        return {turn: change for turn, change in found.items() if change.before != change.after}

    def _remember(self, keys: Iterable[Any]) -> None:
        self._unchanged |= dict.fromkeys(keys)
        for key in list(self._unchanged)[:-REMEMBERED]:
            del self._unchanged[key]


def _key(one: StoredMessage) -> Any:
    """Messages with equal keys get the same classification.

    That of « je parlais de la facture » depends on the message before, and on what was answered about it.
    """
    held = tuple(str(one.slots.get(name) or "") for name in _READ_SLOTS)
    names_subject = message_parts.corrected_subject(one.text) or message_parts.subject(one.text)
    earlier = (one.said, str(one.slots.get(ANSWERED))) if names_subject else ()
    return one.text, one.form, one.several, held, earlier


def _deciding(live: Parsed, candidate: Parsed) -> bool:
    """Whether the results differ in a way that can change the answer."""
    names = ("question", "further_questions", "offered_questions", "refers_to")
    same_intent = live["intent"]["name"] == candidate["intent"]["name"]
    same = same_intent and all(live.get(name) == candidate.get(name) for name in names)
    return not same or _words(live) != _words(candidate)


def _change(one: StoredMessage, live: Parsed, candidate: Parsed) -> Change:
    """The change of the answer; if the question is the same, the entities may differ."""
    before, after = _answer(one, live), _answer(one, candidate)
    if before == after:
        before, after = _words(live), _words(candidate)
    return Change(before, after, _question(live), _question(candidate))


def _question(parsed: Parsed) -> str:
    """The question as a correction names it; for « greet », which has no questions, the intent."""
    return bot_data.classified_question(parsed["intent"]["name"], [{"entity": "question", "value": parsed["question"]}])


def _words(parsed: Parsed) -> str:
    """« device_broken=ecran casse », as a Decision names it."""
    return AND.join(sorted(f"{one['entity']}={one['value']}" for one in parsed["entities"]))


def _answer(one: StoredMessage, parsed: Parsed) -> str:
    intent = parsed["intent"]["name"]
    if one.form and intent == "inform":
        return one.form
    steps = bot_data.steps_after().get(intent) or [{}]
    return select_answer(
        tracker_of(parsed | {"text": one.text}, one.slots, one.form, one.before), steps[0].get("action", intent)
    )
