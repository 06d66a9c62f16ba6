"""Card numbers and IBANs never get into a store: they are masked before anything is written.

A digit of any script counts, and what people put between digits does not. The widget masks too (widget/src/masking.ts);
this is the rule that no client can leave out.
"""

import re
import unicodedata

from stdnum import iban

from chat.cards import GAP, cards, is_card, speaks_of_card
from shop.numbers import DIGITS, PREFIXES

# Characters around the digits of a piece.
MAX_CONTEXT_WORDS = 60

CARD = "[numéro de carte masqué]"
IBAN = "[IBAN masqué]"

# Looked for at every place: « la somme de 50 euros sur FR14… » has two beginnings.
_IBAN = re.compile(rf"(?=([A-Za-z]{{2}}{GAP}[0-9]{GAP}[0-9](?:{GAP}[A-Za-z0-9]){{11,30}}))")
# Not inside a word or a code with dashes.
_RUN = re.compile(rf"(?<![\w-])[0-9](?:{GAP}[0-9])*(?![\w-])")
_SHOP_NUMBER = re.compile(rf"\b{PREFIXES}\W?\d|(?<!\d)\d{{{DIGITS}}}(?!\d)", re.IGNORECASE)


def mask(text: str) -> str:
    """The text with each card number and each IBAN replaced by a word for it.

    Until nothing changes: digits beside a number that was masked may be a number too, once they stand alone.
    """
    masked = _masked_cards(_masked_ibans(text))
    return masked if masked == text else mask(masked)


def split_card(pieces: list[str]) -> bool:
    """Do these messages, the latest last, hold one card number that begins in the first and ends in the last one?

    The shop's own numbers are no pieces of a card, unless a card is spoken of.
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
    """How many characters of the candidate are a valid IBAN, what follows it being the next word; 0: none."""
    for end in range(len(candidate), 14, -1):
        compact = re.sub(r"[^A-Za-z0-9]", "", candidate[:end])
        if candidate[end - 1].isalnum() and iban.is_valid(compact, check_country=False):
            return end
    return 0


def may_be_a_piece(text: str) -> bool:
    """Could it be a part of a card number that is typed in pieces? What has no digit is none."""
    return any(_runs(text))


def _runs(text: str) -> list[str]:
    """The digits of each number in a short message; none of a story, and none from inside a word."""
    runs = [re.sub(r"\D", "", run) for run in _RUN.findall("".join(map(_ascii_digit, text)))]
    return runs if len(text) - sum(map(len, runs)) <= MAX_CONTEXT_WORDS else []


def _ascii_digit(character: str) -> str:
    """Full-width, Arabic, superscript… digits as 0 to 9; full-width letters too; all else as it is."""
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 and plain.isascii() else character
