"""Finds secrets by the words before them: passwords, codes, a card's date and code, social-security numbers."""

import re

from shop.masking.cards import mentions_card
from shop.masking.sources import RULES, expanded

# The length of a social-security number (NIR) without its two-digit key.
_NIR = 13
# Matches a message that only announces a secret, which the next message gives: by its end, or as a whole.
_ANNOUNCES = re.compile(
    r"(?:[:=]|(?<![a-z0-9])(?:est|c|ct|cest|etait|voici|voila|suivante?))[ .]{0,3}$"
    r"|^(?:mon |ma |le |la |mes |voici |code |numero |n[^a-z0-9]? ?)*"
    r"(?:pin|puk|cvv2?|cvc2?|crypto(?:gramme)?|(?:de )?(?:securite sociale|secu|sim|deverrouillage|confirmation)"
    r"|date d'? ?exp(?:iration)?|exp(?:iration)?)[ .?]{0,3}$"
)
_MAX_ANNOUNCEMENT = 60
_COMPILED = [(re.compile(expanded(rule["pattern"])), rule) for rule in RULES]


def spans(plain: str) -> list[tuple[int, int, str]]:
    """(first, end, kind) of each secret. They may overlap."""
    card = mentions_card(plain)
    return [
        (*found.span(2), rule["masks"])
        for pattern, rule in _COMPILED
        if card or not rule.get("needs_card")
        for found in pattern.finditer(plain)
        if rule.get("check") != "nir" or is_nir(found[2])
    ]


def announcement(plain: str) -> str:
    """The end of a message that announces a secret, to be read together with the next message; otherwise empty."""
    end = plain.rstrip()[-_MAX_ANNOUNCEMENT:]
    return f"{end} " if _ANNOUNCES.search(end) else ""


def is_nir(typed: str) -> bool:
    """Whether 13 characters and a key of two digits are a social-security number (NIR: arrêté du 16 juin 2016).

    In Corsica, the department is 2A or 2B, which count as 19 and 18 for the key.
    """
    corsican = typed.replace("2a", "19").replace("2b", "18")
    compact = re.sub(r"[^0-9]", "", corsican)
    number, key = compact[:_NIR], compact[_NIR:]
    return len(key) == 2 and int(key) == 97 - int(number) % 97
