"""A card number that is typed in pieces, message by message."""

import re

from shop.masking import PLACEHOLDERS, mask
from shop.masking.cards import is_card, speaks_of_card
from shop.masking.plain import plain
from shop.masking.sources import LABELS
from shop.numbers import DIGITS, PREFIXES

# This many of a customer's latest messages with digits may contain one number.
PIECES = 5
# Maximum number of characters around the digits of a piece.
_MAX_CONTEXT = 60
# Not inside a word or a code with dashes.
_RUN = re.compile(r"(?<![a-z0-9\x02-])[0-9](?:[^a-z0-9\x02]{0,5}[0-9])*(?![a-z0-9\x02-])")
_COUNT = re.compile(r"(?<![0-9])[0-9](?= (?:derniers?|premiers?|suivants?|autres|chiffres?|numeros?))")
_SHOP_NUMBER = re.compile(rf"(?<![a-z0-9]){PREFIXES.lower()}[^a-z0-9]?[0-9]|(?<![0-9])[0-9]{{{DIGITS}}}(?![0-9])")


def split_card(pieces: list[str]) -> bool:
    """Whether these messages, the latest last, contain one card number from the first to the last one.

    The shop's own numbers are no pieces of a card, unless a card is mentioned.
    """
    texts = [_plain(text) for text in pieces]
    runs = [_runs(text) for text in texts]
    if not all(runs) or any(len(one) > 1 for one in runs[:-1]):
        return False
    if not any(map(speaks_of_card, texts)) and any(_SHOP_NUMBER.search(text) for text in texts):
        return False
    return is_card("".join(one[0] for one in runs))


def mask_next(text: str, before: list[str], previous: str = "") -> tuple[str, int]:
    """(the masked text, how many of the customer's messages `before` it are the earlier pieces of its card number).

    `previous` is the customer's message just before, if this one is short.
    """
    masked = mask(text, follows_card(before), previous)
    count = pieces_before(masked, before)
    return (LABELS["card"] if count else masked), count


def may_continue(text: str) -> bool:
    """Whether the text may go on with what earlier messages began: a number in a short message."""
    return bool(_runs(_plain(text)))


def may_be_announced(text: str) -> bool:
    """Whether the text is so short that the message before may announce it as a secret."""
    return len(text) <= _MAX_CONTEXT


def pieces_before(text: str, before: list[str]) -> int:
    """How many of the customer's messages before this one, the latest last, are earlier pieces of its card number."""
    counts = range(1, min(len(before), PIECES - 1) + 1)
    return next((count for count in counts if split_card([*before[-count:], text])), 0)


def follows_card(before: list[str]) -> bool:
    """Whether one of the customer's latest messages, the latest last, contained a card number."""
    return any(LABELS["card"] in text for text in before[-PIECES + 1 :])


def _runs(read: str) -> list[str]:
    """The digits of each number in a short message; none in a long text, and none inside a word."""
    if sum(not character.isdigit() for character in read) > _MAX_CONTEXT:
        return []
    runs = [re.sub(r"[^0-9]", "", run) for run in _RUN.findall(_COUNT.sub("x", read))]
    return runs if len(read) - sum(map(len, runs)) <= _MAX_CONTEXT else []


def _plain(text: str) -> str:
    return plain(text, PLACEHOLDERS, LABELS["card"])
