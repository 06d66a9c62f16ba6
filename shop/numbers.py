"""Order and trade-in numbers: their shape, and how people type them.

Files that cannot import this module repeat the shape; tests/data/test_single_sources.py compares them.
"""

import re
import unicodedata
from collections.abc import Sequence

ORDER_PREFIX = "PX"
TRADEIN_PREFIX = "RP"
DIGITS = 8
LENGTH = len(ORDER_PREFIX) + DIGITS
ORDER_SHAPE = f"{ORDER_PREFIX} et {DIGITS} chiffres"
TRADEIN_SHAPE = f"{TRADEIN_PREFIX} et {DIGITS} chiffres"
# For regular expressions that ignore case.
PREFIXES = f"(?:{ORDER_PREFIX}|{TRADEIN_PREFIX})"

# Letters and digits as East Asian keyboards write them.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
# A message with a part of a number may contain these words, and no others.
_BESIDE_A_PIECE = frozenset(
    {"px", "la", "le", "et", "puis", "suite", "fin", "reste", "debut", "début", "ensuite", "c", "est", "voila", "voilà",
     "n", "num", "numero", "numéro"}
)  # fmt: skip
MAX_PIECE = 40
_CORRECTION = re.compile(r"\b(\d)\b\D*?(?:pas|et non|au lieu d[eu']?)\D*?\b(\d)\b", re.IGNORECASE)


def order_number(typed: str) -> str | None:
    """« n° px-4820 1937. » → « PX48201937 »; None if it is not shaped like an order number (PX and 8 digits)."""
    return _normalised(typed, ORDER_PREFIX)


def tradein_number(typed: str) -> str | None:
    """« rp 7011 2233 » → « RP70112233 »; None if it is not shaped like a trade-in number (RP and 8 digits)."""
    return _normalised(typed, TRADEIN_PREFIX)


def joined(pieces: Sequence[str]) -> str | None:
    """« PX4820 », then « 1937 la suite » → « PX48201937 »; None if the last pieces do not have 8 digits together."""
    digits = [_digits_alone(piece) for piece in pieces]
    for first in range(len(digits) - 2, -1, -1):
        is_new_number = any(ORDER_PREFIX.lower() in piece.lower() for piece in pieces[first + 1 :])
        if is_new_number or not all(digits[first:]):
            return None
        if len(whole := "".join(digits[first:])) >= DIGITS:
            return ORDER_PREFIX + whole if len(whole) == DIGITS else None
    return None


def _digits_alone(piece: str) -> str:
    """The digits of « 1937, la suite »; empty if the message says anything else."""
    words = re.findall(r"[^\W\d_]+", piece.lower())
    is_piece = len(piece) <= MAX_PIECE and _BESIDE_A_PIECE.issuperset(words)
    return "".join(re.findall(r"[0-9]", piece)) if is_piece else ""


def corrected(number: str, message: str) -> str | None:
    """The number after « non, c'est 5 pas 6 »; None without such a correction, or if it is ambiguous."""
    found = _CORRECTION.search(message)
    if not found:
        return None
    right, wrong = found.groups()
    if number.count(wrong) != 1:
        return None
    return number.replace(wrong, right)


def _normalised(typed: str, prefix: str) -> str | None:
    plain = typed.translate(_FULL_WIDTH).upper()
    if any(unicodedata.category(character)[0] == "N" and not character.isascii() for character in plain):
        return None  # a numeral of another script or a superscript: without it, it would be another number
    letters = "".join(re.findall(r"[A-Z]", plain))
    digits = "".join(re.findall(r"[0-9]", plain))
    if len(digits) != DIGITS or letters.endswith(_other(prefix)):
        return None
    return prefix + digits


def _other(prefix: str) -> str:
    return TRADEIN_PREFIX if prefix == ORDER_PREFIX else ORDER_PREFIX
