"""Normalises texts for comparison: no case, accents or punctuation."""

import re

from shop.unicode import without_accents

_WORD = re.compile(r"[a-z0-9]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})


def words(text: str) -> list[str]:
    """The words of a text: « Reçu ? » → ["recu"]."""
    return _WORD.findall(without_accents(text.casefold().translate(_LIGATURES)))
