"""Normalises texts for comparison: no case, accents or punctuation."""

import re
import unicodedata

_WORD = re.compile(r"[a-z0-9]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})


def words(text: str) -> list[str]:
    """The words of a text: « Reçu ? » → ["recu"]."""
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    return _WORD.findall("".join(c for c in letters if not unicodedata.combining(c)))
