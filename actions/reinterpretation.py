"""What a question means after another one, where the same words are read otherwise alone: reinterpretation.yml."""

import re
from functools import cache
from pathlib import Path

import yaml

from actions import topics
from actions.turn import Turn

TABLE = Path(__file__).with_name("reinterpretation.yml")
# Who names an order speaks of it, whatever came before.
_MENTIONS_ORDER = re.compile(
    r"\b(?:command\w*|achats?|achet\w+|colis|paquets?|livr\w+|r[ée]tract\w*|retour\w*|renvo\w+|vendeurs?|reconditionn\w*)\b",
    re.IGNORECASE,
)


def reinterpret(turn: Turn) -> list[str]:
    """The questions of this message, as they are meant after the one answered before; a button means what it says."""
    if turn.entity("question") or turn.entity("order_number") or _MENTIONS_ORDER.search(turn.message):
        return turn.questions
    before = turn.slot("question") or ""
    cells = table().get(topics.intent_of(before), {}) | table().get(before, {})
    return [cells.get(read, read) for read in turn.questions]


@cache
def table() -> dict[str, dict[str, str]]:
    """{what was answered before: {question read: question meant}}"""
    loaded: dict[str, dict[str, str]] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return loaded
