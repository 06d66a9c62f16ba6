"""Finds card numbers in a text, and never takes the shop's own numbers for parts of one."""

import re

from stdnum import luhn

from shop.numbers import DIGITS, PREFIXES

# Up to five characters between two digits of one number, none of them a letter or a digit.
GAP = r"[\W_]{0,5}"
_DIGITS = re.compile(rf"(?<![0-9])[0-9](?:{GAP}[0-9]){{12,}}")
_GROUP = re.compile(r"[0-9]+")
_LENGTHS = range(19, 12, -1)
# Characters that may join two groups of one number. Others separate the numbers of a list.
_JOINT = r"(?:[^\w,;/&+\n]|_)"
_NOT_JOINED = "".join(rf"(?<![0-9]{_JOINT * length})" for length in range(6))
_SHOP_DIGITS = f"[0-9]{{{DIGITS}}}"
_SHOP_NUMBERS = re.compile(
    rf"\b{PREFIXES}[\W_]?{_SHOP_DIGITS}(?![0-9])|{_NOT_JOINED}{_SHOP_DIGITS}(?!{_JOINT}{{0,5}}[0-9])", re.IGNORECASE
)
# A placeholder of a masked number does not count as such a word.
_CARD_WORD = re.compile(r"\b(?:carte(?! masqué\])|cb|visa|mastercard|bancaire)\b", re.IGNORECASE)
_CARD_NETWORKS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|(?:5[1-5]|2[2-7])\d{14}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(?:0[0-5]|[689]\d)\d{11}"  # Diners
    r"|(?:50|5[6-9]|6\d)(?:\d{14}|\d{17})"  # Maestro, Discover, UnionPay
    r"|35\d{14}"  # JCB
)


def is_card(digits: str) -> bool:
    """13 to 19 digits with a card network's prefix and a valid check digit (Luhn).

    The prefix distinguishes a card from an IMEI (15 digits) and most SIRETs (14), which have the same check digit.
    """
    return bool(_CARD_NETWORKS.fullmatch(digits)) and luhn.is_valid(digits)


def speaks_of_card(text: str) -> bool:
    """Whether a card is mentioned: then digits without a prefix are not a number of the shop."""
    return bool(_CARD_WORD.search(text))


def cards(text: str) -> list[tuple[int, int]]:
    """(first, last) position of each card number in a text whose digits are 0 to 9."""
    # Replace the shop's numbers by letters, so that their digits join no card number.
    read = text if speaks_of_card(text) else _SHOP_NUMBERS.sub(lambda number: "x" * len(number.group()), text)
    found = []
    for run in _DIGITS.finditer(read):
        places = [run.start() + index for index, character in enumerate(run.group()) if character.isdigit()]
        start = 0
        while start < len(places):
            card = _card(read, places[start : start + max(_LENGTHS)])
            found += [(card[0], card[-1])] if card else []
            start += len(card) or 1
    return found


def _card(text: str, places: list[int]) -> list[int]:
    """The longest card number that starts at the first of these positions."""
    for span in (places[:length] for length in _LENGTHS if length <= len(places)):
        if is_card("".join(text[place] for place in span)) and not _cuts_shop_number(text, span[0], span[-1]):
            return span
    return []


def _cuts_shop_number(text: str, first: int, last: int) -> bool:
    """Whether it ends or starts inside a group of digits, and one of its groups is as long as the shop's numbers."""
    groups = [group.span() for group in _GROUP.finditer(text) if group.end() > first and group.start() <= last]
    whole = groups[0][0] == first and groups[-1][1] == last + 1
    return not whole and any(end - start == DIGITS for start, end in groups)
