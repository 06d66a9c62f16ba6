"""Finds card numbers in a plain text in linear time. The shop's own numbers are not taken for parts of one.

A number may be one group of digits, several with separators, or pieces between words: « 5555 5555 5555 puis les
derniers 4444 ».
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from shop.masking.plain import CARD, DIGIT_SIGNS, LETTER, MASKED, WORD_SIGNS
from shop.numbers import DIGITS, PREFIXES

Span = tuple[int, int]

_LENGTHS = range(19, 12, -1)
# Minimum number of digits if words split the number: 13 (old Visa cards, no longer issued) would match in many lists.
_MIN_BETWEEN_WORDS = 14
# Maximum number of characters between two digits of one number, and between two pieces of it.
_GAP, _WORDS = 5, 40
_GROUP = re.compile(rf"[0-9]+|[{MASKED}{CARD}]+")
# Characters that separate the numbers of a list; other signs may separate the groups of one number.
_LIST = set(",;/&+\n")
_PREFIX = re.compile(rf"(?<![{WORD_SIGNS}_]){PREFIXES.lower()}[^a-z0-9]?$")
_SPEAKS_OF_CARD = re.compile(
    rf"(?<![{WORD_SIGNS}])(?:cartes?(?! (?:cadeaux?|(?:de )?fidelite|sim|sd|memoire|graphique|mere|grise|vitale"
    rf"|d'identite|postale)(?![a-z]))|cb|visa|mastercard|bancaire|amex)(?![{WORD_SIGNS}])"
)
_MENTIONS_ORDER = re.compile(rf"(?<![{WORD_SIGNS}])(?:com{{1,2}}andes?|cmds?|reprises?)(?![{WORD_SIGNS}])")
# Digits that are no part of a card number: a date, a time, a price, a phone number, « les 4 derniers ».
_OTHER = re.compile(
    rf"(?<![{DIGIT_SIGNS}])(?:[0-9]{{1,2}}[/.-][0-9]{{1,2}}(?:[/.-](?:20)?[0-9]{{2}})?(?![{DIGIT_SIGNS}])"
    rf"|[0-9]{{1,2}} ?h ?[0-9]{{0,2}}(?![{WORD_SIGNS}])"
    rf"|[0-9]{{1,6}}(?:[.,][0-9]{{2}})? ?(?:€|euros?|eur(?![a-z]))"
    rf"|(?:[+]33|0033|0)[ .-]?[1-9](?:[ .-]?[0-9]{{2}}){{4}}(?![{DIGIT_SIGNS}])"
    rf"|[0-9](?= (?:derniers?|premiers?|suivants?|autres|chiffres?|numeros?)))"
    rf"|(?<![{WORD_SIGNS}]){PREFIXES.lower()}[^a-z0-9]{{0,3}}[0-9]{{4}}[ .-]?[0-9]{{4}}(?![{DIGIT_SIGNS}])"
)
_OTHER_OR_SHOP_NUMBER = re.compile(rf"{_OTHER.pattern}|(?<![{DIGIT_SIGNS}])[0-9]{{{DIGITS}}}(?![{DIGIT_SIGNS}])")
_NETWORKS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|(?:5[1-5]|2[2-7])\d{14}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(?:0[0-5]|[689]\d)\d{11}"  # Diners
    r"|(?:50|5[6-9]|6\d)(?:\d{14}|\d{17})"  # Maestro, Discover, UnionPay
    r"|35\d{14}"  # JCB
)


@dataclass(frozen=True)
class _Group:
    """Consecutive digits. `digits` is empty for a placeholder of an earlier masking, and for a number of the shop."""

    start: int
    end: int
    digits: str


def is_card(digits: str) -> bool:
    """13 to 19 digits with a card network's prefix and a valid check digit (Luhn, ISO/IEC 7812-1).

    The prefix distinguishes a card from an IMEI (15 digits) and most SIRETs (14), which have the same check digit.
    """
    return bool(_NETWORKS.fullmatch(digits)) and _luhn(digits)


def _luhn(digits: str) -> bool:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def mentions_card(plain: str) -> bool:
    """Whether a card is mentioned or was masked, so that digits without a prefix are no number of the shop."""
    return CARD in plain or bool(_SPEAKS_OF_CARD.search(plain))


def mentions_order(plain: str) -> bool:
    """Whether an order or a trade-in is mentioned."""
    return bool(_MENTIONS_ORDER.search(plain))


def spans(plain: str) -> list[Span]:
    """(first, end) position of each card number."""
    announced = bool(_SPEAKS_OF_CARD.search(plain))
    found = [span for run in _runs(plain, _groups(plain, announced)) for span in _in_run(plain, run)]
    for first, end in found:
        plain = plain[:first] + CARD * (end - first) + plain[end:]
    return sorted(found + _between_words(plain, _groups(plain, announced), announced))


def _groups(plain: str, announced: bool) -> list[_Group]:
    found = [match.span() for match in _GROUP.finditer(plain)]
    joined = [False, *(_joins(plain, one[1], other[0]) for one, other in pairwise(found)), False]
    groups = []
    for index, (start, end) in enumerate(found):
        alone = not (joined[index] or joined[index + 1])
        of_shop = end - start == DIGITS and (alone or _PREFIX.search(plain[max(start - 4, 0) : start]))
        counts = plain[start].isdigit() and (announced or not of_shop)
        groups.append(_Group(start, end, plain[start:end] if counts else ""))
    return groups


def _joins(plain: str, end: int, start: int) -> bool:
    return _is_gap(plain, end, start) and _LIST.isdisjoint(plain[end:start])


def _is_gap(plain: str, end: int, start: int) -> bool:
    """Whether only a few signs are between two groups: no letter."""
    return start - end <= _GAP and not any(c.isalnum() or c == LETTER for c in plain[end:start])


def _runs(plain: str, groups: list[_Group]) -> list[list[_Group]]:
    """The groups with digits, in rows: between the groups of a row there are only signs, no words."""
    rows: list[list[_Group]] = [[]]
    for before, group in pairwise([_Group(0, 0, ""), *groups]):
        if not (before.digits and group.digits and _is_gap(plain, before.end, group.start)):
            rows.append([])
        if group.digits:
            rows[-1].append(group)
    return [row for row in rows if row]


def _in_run(plain: str, run: list[_Group]) -> list[Span]:
    """The card numbers in these groups: at each digit the longest one, without overlaps."""
    digits = "".join(group.digits for group in run)
    places = [(group, group.start + at) for group in run for at in range(len(group.digits))]
    check = _LuhnSums(digits)
    found, first = [], 0
    while first < len(digits):
        last = _last_digit(plain, digits, places, check, first)
        if last:
            found.append((places[first][1], places[last][1] + 1))
        first = max(first, last) + 1
    return found


def _last_digit(plain: str, digits: str, places: list[tuple[_Group, int]], check: "_LuhnSums", first: int) -> int:
    """The index of the last digit of the longest card number that starts at this one; 0 if there is none."""
    for end in (first + length for length in _LENGTHS if first + length <= len(digits)):
        if (
            _NETWORKS.fullmatch(digits, first, end)
            and check.is_valid(first, end)
            and not _cuts_shop_number(plain, places, first, end - 1)
        ):
            return end - 1
    return 0


class _LuhnSums:
    """Cumulative sums from the first digit on, so that checking a candidate takes one subtraction."""

    def __init__(self, digits: str) -> None:
        self._sums: tuple[list[int], list[int]] = ([0], [0])
        for index, digit in enumerate(map(int, digits)):
            doubled = sum(divmod(2 * digit, 10))
            for parity, sums in enumerate(self._sums):
                sums.append(sums[-1] + (doubled if index % 2 == parity else digit))

    def is_valid(self, first: int, end: int) -> bool:
        """Whether the digits from `first` to before `end` have a valid check digit."""
        sums = self._sums[end % 2]
        return (sums[end] - sums[first]) % 10 == 0


def _cuts_shop_number(plain: str, places: list[tuple[_Group, int]], first: int, last: int) -> bool:
    """Whether this card number uses part of a group, and one of its groups is as long as a shop number."""
    (group_of_first, start), (group_of_last, end) = places[first], places[last]
    whole = start == group_of_first.start and end + 1 == group_of_last.end
    alone = not {*plain[max(start - 1, 0) : start], *plain[end + 1 : end + 2]} & {MASKED, CARD}
    return not (whole and alone) and any(len(group.digits) == DIGITS for group, _ in places[first : last + 1])


def _between_words(plain: str, groups: list[_Group], announced: bool) -> list[Span]:
    """The spans of each card number that is split by words."""
    other = _OTHER_OR_SHOP_NUMBER if _MENTIONS_ORDER.search(plain) else _OTHER
    read = other.sub(lambda found: "x" * len(found.group()), plain)
    pieces = [group for group in groups if group.digits and read[group.start : group.end] == group.digits]
    found: list[Span] = []
    first = 0
    while first < len(pieces):
        count = _pieces_of_card(plain, pieces[first : first + max(_LENGTHS)], announced)
        for piece in pieces[first : first + count]:
            joined = found and _is_gap(plain, found[-1][1], piece.start)
            start = found.pop()[0] if joined else piece.start
            found.append((start, piece.end))
        first += count or 1
    return found


def _may_follow(between: str) -> bool:
    """Whether a piece may follow after these words."""
    return len(between) <= _WORDS and MASKED not in between and CARD not in between


def _pieces_of_card(plain: str, pieces: list[_Group], announced: bool) -> int:
    """How many of these pieces, from the first on, make a card number; 0 if none do.

    Unless the message mentions a card, only groups of four digits count, because card numbers are written so.
    """
    digits, fours = "", True
    for count, piece in enumerate(pieces, 1):
        if count > 1 and not _may_follow(plain[pieces[count - 2].end : piece.start]):
            return 0
        digits += piece.digits
        fours = fours and len(piece.digits) == 4
        if not (announced or fours):
            return 0
        if len(digits) >= _MIN_BETWEEN_WORDS and is_card(digits):
            return count
        if len(digits) >= max(_LENGTHS):
            return 0
    return 0
