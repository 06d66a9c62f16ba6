"""The days that a customer names in French: « le 17 novembre », « 17/11 », « samedi », « il y a 6 jours ».

Spelling is read leniently: without accents, with a typo in a month or weekday. The library dateparser was
tried, but it reads « je » as a Thursday and « 1er decembre » as another day, and takes 29 MB.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches

from shop.formatting import MONTHS, WEEKDAYS
from shop.unicode import without_accents

_MONTHS = [without_accents(name) for name in MONTHS]
_SHORT_MONTHS = {
    "janv": 1, "jan": 1, "fevr": 2, "fev": 2, "avr": 4, "juil": 7, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_NUMBERS = {"un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9}
_NUMBERS |= {"dix": 10}
# Shorter words must match exactly, because other words are too similar to them: « mai », « mail ».
MIN_LETTERS_FOR_TYPO = 5
_TYPO = 0.8
# Words and names that look like a typo of a month or weekday: « vendre » (« vendredi »).
_NO_TYPO = frozenset({"vendre", "marin", "marie", "marde", "pardi"})
# The first entry that the matched words contain applies: « après-demain » contains « demain » too.
_NAMED_DAYS = [("avant", -2), ("aujourd", 0), ("matin", 0), ("apres", 2), ("hier", -1), ("demain", 1)]
_AGO = re.compile(
    rf"\b(?:(?:il )?y ?a|depuis|(?:ca )?fait)\s+(\d{{1,3}}|{'|'.join(_NUMBERS)})\s*(jour|j\b|semaine)s?(?!\w)"
)
_NAMED = re.compile(r"\b(?:avant[- ]hier|hier|aujourd'? ?hui|ce matin|apres[- ]demain|demain)\b")
_NUMERIC = re.compile(
    r"(?<![\d./-])(\d{1,2})(?:[/-](\d{1,2})(?:[/-]((?:20)?\d\d))?|\.(\d{1,2})\.((?:20)?\d\d))(?![./-]?\d)"
)
_NUMBER = re.compile(r"(?:\b([a-z]{2,9})\s+)?(?<![\d./,-])(\d{1,2})(?:er)?(?![\w%€]|[.,/-]?\d)")
# The point of « 9 nov. », but not the end of a sentence: « le 9 novembre. Donc … »
_NAME = re.compile(r"\s{1,3}([a-z]{3,9})\b(?:(?<=\s[a-z]{3})\.|(?<=\s[a-z]{4})\.)?(?:\s{1,3}(20\d\d)\b)?")
_BEFORE = frozenset({"le", "au", "du", "ce"})
# « le 20 » is no day in « le 20 rue … », « au 01 76 … », « le 2 colis ».
_NO_DAY = re.compile(
    r"\s{0,3}(?:\d|[:h]|c'?est (?:payant|gratuit|surtax|un num)"
    r"|(?:heures?|jours?|semaines?|mois|euros?|fois|rue|avenue|colis|produits?|articles?|commandes?)\b)"
)
_WEEKDAY = re.compile(r"\b([a-z]{5,9})\b(?:\s+(dernier|passe|prochain)\b)?")


@dataclass(frozen=True)
class SaidDate:
    """A day in a text, with its position there. `day` is None if it does not exist (« le 31 novembre »)."""

    day: date | None
    start: int
    end: int
    # Whether the text also names the month or the week, so that only one day is possible.
    certain: bool = True


def read(text: str) -> str:
    """The text without accents, in which `said_dates` searches; the positions of a SaidDate refer to it."""
    return without_accents(text.replace("’", "'"))


def said_dates(text: str, today: date, *, ahead: bool = False) -> list[SaidDate]:
    """The days that `read(text)` names, relative to `today`.

    `ahead`: « samedi » or « le 20 » is the next one, not the last.
    """
    found = [*_ago(text, today), *_named(text, today), *_numeric(text, today), *_numbered(text, today, ahead)]
    found += [day for day in _weekdays(text, today, ahead) if not any(_overlap(day, other) for other in found)]
    return sorted(found, key=lambda said: said.start)


def _ago(text: str, today: date) -> Iterator[SaidDate]:
    for found in _AGO.finditer(text):
        count = int(found[1]) if found[1].isdigit() else _NUMBERS[found[1]]
        days = count * (7 if found[2] == "semaine" else 1)
        yield SaidDate(today - timedelta(days=days), *found.span())


def _named(text: str, today: date) -> Iterator[SaidDate]:
    for found in _NAMED.finditer(text):
        days = next(days for name, days in _NAMED_DAYS if name in found.group())
        yield SaidDate(today + timedelta(days=days), *found.span())


def _numeric(text: str, today: date) -> Iterator[SaidDate]:
    for found in _NUMERIC.finditer(text):
        month, year = found[2] or found[4], found[3] or found[5]
        yield SaidDate(_of_month(int(found[1]), int(month), year, today), *found.span())


def _numbered(text: str, today: date, ahead: bool) -> Iterator[SaidDate]:
    """« 17 novembre », « le 17 », « samedi 21 »."""
    for found in _NUMBER.finditer(text):
        named, number = _NAME.match(text, found.end()), int(found[2])
        if named and (month := _month(named[1])):
            yield SaidDate(_of_month(number, month, named[2], today), found.start(2), named.end())
        elif found[1] and (found[1] in _BEFORE or _like(found[1], WEEKDAYS)) and not _NO_DAY.match(text, found.end()):
            yield SaidDate(_of_number(number, today, ahead), *found.span(), certain=False)


def _weekdays(text: str, today: date, ahead: bool) -> Iterator[SaidDate]:
    for found in _WEEKDAY.finditer(text):
        if weekday := _like(found[1], WEEKDAYS):
            forward = found[2] == "prochain" if found[2] else ahead
            day = _of_weekday(WEEKDAYS.index(weekday), today, forward)
            yield SaidDate(day, *found.span(), certain=bool(found[2]))


def _overlap(one: SaidDate, other: SaidDate) -> bool:
    """Whether they share words, or are one date: « samedi » directly before « 21 novembre »."""
    return one.start < other.end and other.start <= one.end + 1


def _like(word: str, names: Sequence[str]) -> str | None:
    """The one of `names` that the word spells, perhaps with a typo; None if it spells none."""
    if word in names:
        return word
    may_be_typo = len(word) >= MIN_LETTERS_FOR_TYPO and word not in _NO_TYPO
    close = get_close_matches(word, names, 1, _TYPO) if may_be_typo else []
    return close[0] if close else None


def _month(word: str) -> int | None:
    name = _like(word, _MONTHS)
    return _MONTHS.index(name) + 1 if name else _SHORT_MONTHS.get(word)


def _of_weekday(weekday: int, today: date, ahead: bool) -> date:
    """« samedi » is the next one, perhaps today, or the last one before today."""
    if ahead:
        return today + timedelta(days=(weekday - today.weekday()) % 7)
    return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)


def _of_number(number: int, today: date, ahead: bool) -> date | None:
    """« le 20 »: of this month, or else of the nearest earlier (with `ahead`: later) month that has such a day."""
    if not 1 <= number <= 31:
        return None
    step, day = timedelta(days=1 if ahead else -1), today
    while day.day != number:
        day += step
    return day


def _of_month(number: int, month: int, year: str | None, today: date) -> date | None:
    """The day of that year; without one, of the year in which it is nearest."""
    years = [int(year[-2:]) + 2000] if year else [today.year - 1, today.year, today.year + 1]
    days = [day for day in (_valid(one, month, number) for one in years) if day]
    return min(days, key=lambda day: abs(day - today), default=None)


def _valid(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
