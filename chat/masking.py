"""Masks card numbers and IBANs before anything is stored.

Digits of any script count, and separators between them do not. The widget masks too (widget/src/masking.ts); this is
the rule that no client can bypass.
"""

import re
import unicodedata

from stdnum import iban

from chat.cards import GAP, cards, is_card, speaks_of_card
from shop.numbers import DIGITS, PREFIXES

# Maximum number of characters around the digits of a piece.
MAX_CONTEXT_WORDS = 60

CARD = "[numéro de carte masqué]"
IBAN = "[IBAN masqué]"

# Tried at every position: « la somme de 50 euros sur FR14… » has two possible starts.
_IBAN = re.compile(rf"(?=([A-Za-z]{{2}}{GAP}[0-9]{GAP}[0-9](?:{GAP}[A-Za-z0-9]){{11,30}}))")
# Not inside a word or a code with dashes.
_RUN = re.compile(rf"(?<![\w-])[0-9](?:{GAP}[0-9])*(?![\w-])")
_SHOP_NUMBER = re.compile(rf"\b{PREFIXES}\W?\d|(?<!\d)\d{{{DIGITS}}}(?!\d)", re.IGNORECASE)


def mask(text: str) -> str:
    """The text with a placeholder for each card number and each IBAN.

    Repeated until nothing changes: digits beside a masked number may be a number of their own.
    """
    masked = _masked_cards(_masked_ibans(text))
    return masked if masked == text else mask(masked)


def split_card(pieces: list[str]) -> bool:
    """Whether these messages, the latest last, contain one card number from the first to the last one.

    The shop's own numbers are no pieces of a card, unless a card is mentioned.
    """
    runs = [_runs(text) for text in pieces]
    if not all(runs) or any(len(one) > 1 for one in runs[:-1]):
        return False
    if not any(map(speaks_of_card, pieces)) and any(_SHOP_NUMBER.search(text) for text in pieces):
        return False
    return is_card("".join(one[0] for one in runs))


def _masked_cards(text: str) -> str:
    out, end = [], 0
    for first, last in cards("".join(map(_ascii_digit, text))):
        out += [text[end:first], CARD]
        end = last + 1
    return "".join([*out, text[end:]])


def _masked_ibans(text: str) -> str:
    ascii_digits = "".join(map(_ascii_digit, text))
    out, end = [], 0
    for candidate in _IBAN.finditer(ascii_digits):
        length = _iban_length(candidate.group(1)) if candidate.start() >= end else 0
        if length:
            out += [text[end : candidate.start()], IBAN]
            end = candidate.start() + length
    return "".join([*out, text[end:]])


def _iban_length(candidate: str) -> int:
    """The length of the valid IBAN at the start of the candidate, before the next word; 0 if there is none."""
    for end in range(len(candidate), 14, -1):
        compact = re.sub(r"[^A-Za-z0-9]", "", candidate[:end])
        if candidate[end - 1].isalnum() and iban.is_valid(compact, check_country=False):
            return end
    return 0


def may_be_a_piece(text: str) -> bool:
    """Whether it may be a piece of a card number; it needs a digit."""
    return any(_runs(text))


def _runs(text: str) -> list[str]:
    """The digits of each number in a short message; none in a long text, and none inside a word."""
    runs = [re.sub(r"\D", "", run) for run in _RUN.findall("".join(map(_ascii_digit, text)))]
    return runs if len(text) - sum(map(len, runs)) <= MAX_CONTEXT_WORDS else []


def _ascii_digit(character: str) -> str:
    """Full-width, Arabic, superscript… digits as 0 to 9, and full-width letters as ASCII; others unchanged."""
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 and plain.isascii() else character
