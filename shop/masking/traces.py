"""Removes a text that was masked or erased later from data derived from it: slots, replies, explanations."""

import re
from typing import Any

from shop.numbers import DIGITS, ORDER_PREFIX, TRADEIN_PREFIX

REMOVED = "…"
# Shorter texts and words occur in many other texts too.
_MIN_CHARACTERS = 4
# A shop number with separators: its digits alone are a trace too, because a reply may quote them.
_SHOP_NUMBER = re.compile(rf"(?<!\d)\d(?:[\s.-]?\d){{{DIGITS - 1}}}(?!\d)")
_WORD = re.compile(r"[^\s,;:!?()«»\"]+")


def traces_of(text: str) -> list[str]:
    """The strings that would reveal the text, the longest first.

    They are the text itself, its numbers and addresses, and its order numbers as the shop writes them.
    """
    numbers = [re.sub(r"\D", "", number) for number in _SHOP_NUMBER.findall(text)]
    written = [prefix + number for number in numbers for prefix in ("", ORDER_PREFIX, TRADEIN_PREFIX)]
    pieces = {piece.strip(".") for piece in [text.strip(), *_with_digits_or_at(text), *written]}
    return sorted((piece for piece in pieces if len(piece) >= _MIN_CHARACTERS), key=len, reverse=True)


def _with_digits_or_at(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if "@" in word or any(map(str.isdigit, word))]


def without(value: Any, traces: list[str]) -> Any:
    """The JSON value with each trace replaced in its strings, whole words only."""
    if not traces:
        return value
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, traces)) + r")(?!\w)", re.IGNORECASE)
    return _replaced(value, pattern)


def _replaced(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(REMOVED, value)
    if isinstance(value, list):
        return [_replaced(one, pattern) for one in value]
    if isinstance(value, dict):
        return {name: _replaced(one, pattern) for name, one in value.items()}
    return value
