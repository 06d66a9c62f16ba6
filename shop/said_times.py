"""The times of day that a customer names in French: « vers 19 h », « demain matin », « entre midi et deux »."""

import re
from datetime import time

# Words → (first, last) time of day that they mean.
_PARTS = [
    (re.compile(r"\bmidi (?:et|a) (?:deux|14)|\bpause dejeuner|\ba midi\b|\ble midi\b"), time(12), time(13, 59)),
    (re.compile(r"\bapres[- ]?midi\b|\baprem\b"), time(14), time(17)),
    (re.compile(r"\bmatin\w*|\bmatinee\b"), time(8), time(12)),
    (re.compile(r"\bsoir\w*|\bapres (?:le )?(?:travail|boulot)"), time(19), time(22)),
    (re.compile(r"\bnuit\b|\bminuit\b"), time(23), time(23, 59)),
    (re.compile(r"\bmidi\b"), time(12), time(12)),
]
_HOUR = re.compile(r"(?<![\d/.-])(\d{1,2})\s?(?:h(?:eures?)?\b\s?(\d{2})?|h(\d{2})\b|:(\d{2})\b)")


def said_times(text: str) -> tuple[time, time] | None:
    """The first and the last time that `said_dates.read(text)` names; None if it names none."""
    hours = [_hour(found) for found in _HOUR.finditer(text) if int(found[1]) < 24]
    if hours:
        return min(hours), max(hours)
    return next(((first, last) for words, first, last in _PARTS if words.search(text)), None)


def _hour(found: re.Match[str]) -> time:
    minutes = int(found[2] or found[3] or found[4] or 0)
    return time(int(found[1]), minutes if minutes < 60 else 0)
