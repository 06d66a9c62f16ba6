"""What a question means after another one, where the same words are read otherwise alone: meant_after.yml."""

import re
from functools import cache
from pathlib import Path

import yaml

from actions import topics
from actions.turn import Turn

TABLE = Path(__file__).with_name("meant_after.yml")
# Who names an order speaks of it, whatever came before.
_OF_ORDER = re.compile(
    r"\b(?:commande|achat|achet\w+|colis|paquet|retour\w*|renvo\w+|vendeur|reconditionn\w*)\b", re.IGNORECASE
)


def meant(turn: Turn) -> str:
    """The question of this message, as it is meant after the one answered before; a button means what it says."""
    before, read = turn.slot("question") or "", turn.question
    if turn.given("question") or turn.given("order_number") or _OF_ORDER.search(turn.message):
        return read
    rows = (table().get(row, {}) for row in (before, topics.intent_of(before)))
    return next((row[read] for row in rows if read in row), read)


@cache
def table() -> dict[str, dict[str, str]]:
    """{what was answered before: {question read: question meant}}"""
    loaded: dict[str, dict[str, str]] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return loaded
