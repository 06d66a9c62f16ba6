"""Replaces the classified question where the words mean another one after the previous topic (reinterpretation.yml)."""

import re
from functools import cache
from pathlib import Path

import yaml

from actions import tone, topics
from actions.turn import Turn

TABLE = Path(__file__).with_name("reinterpretation.yml")
# A message that mentions an order is about it, even after a trade-in.
_MENTIONS_ORDER = re.compile(
    r"\b(?:command\w*|achats?|achet\w+|colis|paquets?|livr\w+|r[ée]tract\w*|retour\w*|renvo\w+|vendeurs?|reconditionn\w*)\b",
    re.IGNORECASE,
)


# Minimum probability of the question that replaces the one that was just answered.
MIN_INSTEAD = 0.05
# Answers that another answer includes.
INCLUDED = {
    "contact_support/phone": {"contact_support/hours"},
    "contact_support/contact": {"contact_support/hours", "contact_support/phone", "contact_support/email"},
}


def reinterpret(turn: Turn) -> list[str]:
    """The questions of this message: the first reinterpreted after the previous answer, the others after the first.

    Questions of buttons are not reinterpreted.
    """
    if turn.entity("question") or turn.entity("order_number"):
        return turn.questions
    mentions_order = bool(_MENTIONS_ORDER.search(turn.message))
    before = turn.slot("question") or ""
    first, *further = [_meant(read, before, mentions_order) for read in turn.questions]
    if first == before and tone.corrects(turn.message):
        first = _next_likeliest(turn, first)
    further = [_meant(read, first, mentions_order) for read in further]
    for other in further:  # « mon droit d'accès, j'écris à quelle adresse ? »
        first = _meant(first, other, mentions_order)
    said = set().union(*(INCLUDED.get(question, set()) for question in (first, *further)))
    # Two questions may mean the same one.
    return [question for question in dict.fromkeys([first, *further]) if question not in said]


def _next_likeliest(turn: Turn, answered: str) -> str:
    """« Non, je vous demande quel écrit ! » read as what was just answered: another question is meant."""
    worth = (question for question, probability in turn.question_ranking if probability >= MIN_INSTEAD)
    others = (
        question for question in worth if question != answered and topics.intent_of(question) in topics.TOPIC_KEYS
    )
    return next(others, answered)


def _meant(read: str, before: str, mentions_order: bool) -> str:
    """The question that the classified one means after `before`; the same if the table has no cell for it."""
    cells = table().get(topics.intent_of(before), {}) | table().get(before, {})
    meant = cells.get(read, read)
    return read if mentions_order and "tradein" in meant else meant


@cache
def table() -> dict[str, dict[str, str]]:
    """{previous question or topic: {classified question: intended question}}"""
    loaded: dict[str, dict[str, str]] = yaml.load(TABLE.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return loaded
