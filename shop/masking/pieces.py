"""A card number or an IBAN that is typed in pieces, message by message."""

import re
from collections.abc import Sequence

from stdnum import iban

from shop.masking import PLACEHOLDERS, mask
from shop.masking.cards import is_card, mentions_card, mentions_order
from shop.masking.plain import plain
from shop.masking.sources import IBAN_LENGTHS, LABELS
from shop.numbers import DIGITS, PREFIXES

# How many of a customer's latest messages are searched, and over how many messages with digits a card number or an IBAN
# may be split.
LATEST, _CARD_PIECES, _IBAN_PIECES = 20, 5, 9
# Maximum number of characters around the digits of a piece.
_MAX_CONTEXT = 60
# Digits with separators, outside words and codes with dashes.
_RUN = re.compile(r"(?<![a-z0-9\x02-])[0-9](?:[^a-z0-9\x02]{0,5}[0-9])*(?![a-z0-9\x02-])")
_COUNT = re.compile(r"(?<![0-9])[0-9](?= (?:derniers?|premiers?|suivants?|autres|chiffres?|numeros?))")
_SHOP_PREFIX = re.compile(rf"(?<![a-z0-9]){PREFIXES.lower()}[^a-z0-9]?[0-9]")
_SHOP_DIGITS = re.compile(rf"(?<![0-9])[0-9]{{{DIGITS}}}(?![0-9])")
_IBAN_START = re.compile(r"(?<![a-z0-9])[a-z]{2}[^a-z0-9]{0,3}[0-9]{2}")
_WITH_DIGIT = re.compile(r"[a-z]{0,10}[0-9][a-z0-9]*")


def messages_needed(text: str) -> int:
    """How many of the customer's latest messages `mask_next` needs; 0 for a long text, which is no piece."""
    if sum(not character.isdigit() for character in text) > _MAX_CONTEXT:
        return 0
    return LATEST if _has_digit(text) else 1


def mask_next(text: str, latest: Sequence[str]) -> tuple[str, list[int]]:
    """(the masked text, the indices of the `latest` messages that contain earlier pieces of its number)."""
    relevant = [place for place, said in enumerate(latest) if _has_digit(said) or LABELS["card"] in said]
    after_card = any(LABELS["card"] in latest[place] for place in relevant[1 - _CARD_PIECES :])
    announced_by = latest[-1] if latest and len(text) <= _MAX_CONTEXT else ""
    masked = mask(text, after_card, announced_by)
    if relevant and messages_needed(text) > 1:
        # Without `after_card`: otherwise the last piece of another number would be masked as the code of the earlier
        # card.
        piece = mask(text, previous=announced_by) if after_card else masked
        for kind, are_pieces, most in (("card", split_card, _CARD_PIECES), ("iban", split_iban, _IBAN_PIECES)):
            for count in range(1, min(len(relevant), most - 1) + 1):
                found = relevant[-count:]
                if are_pieces([*(latest[place] for place in found), piece], latest):
                    return LABELS[kind], found
    return masked, []


def split_card(pieces: Sequence[str], latest: Sequence[str] = ()) -> bool:
    """Whether these messages, the latest last, contain one card number from the first to the last one.

    `latest`: the customer's latest messages, which show whether the digits may be numbers of the shop.
    """
    texts = [_plain(text) for text in pieces]
    runs = [_runs(text) for text in texts]
    if not all(runs) or any(len(one) > 1 for one in runs[:-1]):
        return False
    digits = [one[0] for one in runs]
    return is_card("".join(digits)) and not _are_of_shop(texts, digits, [_plain(text) for text in latest])


def split_iban(pieces: Sequence[str], latest: Sequence[str] = ()) -> bool:
    """Whether these messages, the latest last, contain one IBAN from the first to the last one."""
    first, *others = (_plain(text) for text in pieces)
    start = _IBAN_START.search(first)
    if not start:
        return False
    parts = [_compact(first[start.start() :]), *map(_number, others)]
    length = IBAN_LENGTHS.get(parts[0][:2], 0)
    missing = length - sum(map(len, parts[:-1]))
    return all(parts) and 0 < missing <= len(parts[-1]) and iban.is_valid("".join(parts)[:length], check_country=False)


def _are_of_shop(texts: list[str], digits: list[str], latest: list[str]) -> bool:
    """Whether the pieces are numbers of the shop instead; False if a card is mentioned.

    Groups of DIGITS digits without a prefix are not, if no order is mentioned and their first two digits differ: the
    numbers of orders that one customer placed at about the same time begin with the same digits.
    """
    if any(map(mentions_card, [*texts, *latest])):
        return False
    if any(map(_SHOP_PREFIX.search, texts)):
        return True
    if not any(map(_SHOP_DIGITS.search, texts)):
        return False
    bare = not any(re.search(r"[a-z\x02]", text) for text in texts)
    return not bare or any(map(mentions_order, latest)) or len({one[:2] for one in digits}) == 1


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _runs(read: str) -> list[str]:
    """The digits of each number in a short message; none in a long text, and none inside a word."""
    if sum(not character.isdigit() for character in read) > _MAX_CONTEXT:
        return []
    runs = [re.sub(r"[^0-9]", "", run) for run in _RUN.findall(_COUNT.sub("x", read))]
    return runs if len(read) - sum(map(len, runs)) <= _MAX_CONTEXT else []


def _number(read: str) -> str:
    """What a message contains from its first word with a digit to its last, without signs."""
    words = [found.span() for found in _WITH_DIGIT.finditer(read)]
    return _compact(read[words[0][0] : words[-1][1]]) if words else ""


def _compact(read: str) -> str:
    return re.sub(r"[^a-z0-9]", "", read)


def _plain(text: str) -> str:
    return plain(text, PLACEHOLDERS, LABELS["card"])
