"""Finds IBANs (ISO 13616) in a plain text, in linear time: the country fixes the length at each position."""

from itertools import pairwise

from stdnum import iban

from shop.masking.plain import LETTER
from shop.masking.sources import IBAN_LENGTHS

# Maximum number of signs between two characters of one number.
_GAP = 5


def spans(plain: str) -> list[tuple[int, int]]:
    """(first, end) position of each valid IBAN, whatever text precedes or follows it."""
    places = [place for place, character in enumerate(plain) if character.isalnum() or character == LETTER]
    found: list[tuple[int, int]] = []
    at = 0
    while at + 4 < len(places):
        count = _length_at(plain, places, at)
        if count:
            found.append((places[at], places[at + count - 1] + 1))
        at += count or 1
    return found


def _length_at(plain: str, places: list[int], at: int) -> int:
    """The number of characters of the IBAN that starts at this place; 0 if none does."""
    country = plain[places[at]] + plain[places[at + 1]]
    length = IBAN_LENGTHS.get(country, 0)
    own = places[at : at + length]
    if not length or len(own) < length or not (plain[own[2]].isdigit() and plain[own[3]].isdigit()):
        return 0
    if any(after - before > _GAP + 1 for before, after in pairwise(own)):
        return 0
    compact = "".join(plain[place] for place in own)
    return length if iban.is_valid(compact, check_country=False) else 0
