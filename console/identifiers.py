"""Normalises the shop's identifiers in texts and searches, so that each is found in any spelling.

The bot's patterns (data/nlu/entities.yml) find numbers and e-mails; the shop's functions (shop/numbers.py,
shop/phones.py) normalise them.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import partial

from console import bot_data
from console.text import words
from shop.numbers import DIGITS, ORDER_PREFIX, TRADEIN_PREFIX, order_number, tradein_number
from shop.phones import PHONE, normalised_phone

# One of these phrases, as whole words in sequence.
Phrases = list[list[str]]
_MARK = "\0"
# Words that people write before an identifier; a search drops them together with it.
_LEADS = "mailto|t[ée]l|t[ée]l[ée]phone|mobile|n|no|num|num[ée]ro|commande|cmd|cde|reprise|r[ée]f|r[ée]f[ée]rence|de"
_LED = re.compile(
    rf"(?:(?<!\w)(?:{_LEADS})[\s:.°#-]{{1,3}}){{1,4}}(?={_MARK})|(?<!\w)(?:{_LEADS})(?={_MARK})", re.IGNORECASE
)


def tokens(text: str) -> list[str]:
    """The words under which the identifiers of a text are indexed, besides the text's own words."""
    _, phrases = _found(_plain(text))
    return list(dict.fromkeys(word for one in phrases for phrase in one for word in phrase if len(phrase) == 1))


def read(asked: str) -> tuple[list[Phrases], str]:
    """The identifiers that a search names, each as its spellings, and the rest of the search."""
    rest, phrases = _found(_plain(asked), searched=True)
    return phrases, _LED.sub(" ", rest).replace(_MARK, " ")


def spellings(person: str) -> list[str]:
    """Spellings that people use: a dictated address, a number without letters or in two halves."""
    if "@" not in person:
        return [person, person[2:], f"{person[:6]} {person[6:]}", f"{person[2:6]} {person[6:]}"]
    return [person.replace("@", at).replace(".", dot) for at in ("@", " @ ", " arobase ") for dot in (".", " point ")]


def _plain(text: str) -> str:
    """Without invisible characters, and with ordinary digits and letters for full-width ones."""
    normal = unicodedata.normalize("NFKC", text)
    return "".join(" " if c == _MARK else c for c in normal if unicodedata.category(c) != "Cf")


def _found(text: str, searched: bool = False) -> tuple[str, list[Phrases]]:
    """(the text with a mark for each identifier, the identifiers); a search for digits alone finds both kinds."""
    found: list[Phrases] = []

    def take(phrases: Phrases) -> str:
        found.append(phrases)
        return _MARK if searched else " "

    if searched:
        text = _sub("email", text, lambda email: take([words(one) for one in spellings(email)]))
    text = PHONE.sub(lambda one: take([[f"tel{(normalised_phone(one.group()) or '')[1:]}"]]), text)
    for entity, prefix in (("tradein_number", TRADEIN_PREFIX), ("order_number", ORDER_PREFIX)):
        text = _sub(entity, text, partial(_number, prefix=prefix, searched=searched, take=take))
    return text, found


def _number(typed: str, prefix: str, searched: bool, take: Callable[[Phrases], str]) -> str:
    number = (order_number if prefix == ORDER_PREFIX else tradein_number)(typed)
    if number is None:
        return typed
    digits, named = number[-DIGITS:], prefix.casefold() in "".join(words(typed))
    if searched:
        return take([[number.casefold() if named else digits]])
    kinds = [prefix] if named else [ORDER_PREFIX, TRADEIN_PREFIX]
    return take([[digits], *([f"{kind}{digits}".casefold()] for kind in kinds)])


def _sub(entity: str, text: str, replace: Callable[[str], str]) -> str:
    for shape in bot_data.shapes(entity):
        text = shape.sub(lambda one: replace(one.group()), text)
    return text
