"""Masks secrets before anything is stored: cards and their codes, IBANs, passwords, codes, social-security numbers.

The widget masks before it sends, by coarser rules (widget/src/masking.ts), but a client could bypass that. Every search
takes linear time for any text: tests/unit/test_linear_patterns.py.
"""

import re

from shop.masking import cards, ibans, rules
from shop.masking.plain import CARD, MASKED, plain
from shop.masking.sources import LABELS

PLACEHOLDERS = re.compile("|".join(map(re.escape, LABELS.values())))
# Prepended to a message that follows a card number, so that « 12/27, 123 » is masked as its date and code.
_AFTER_CARD = f"{CARD} "


def mask(text: str, after_card: bool = False, previous: str = "") -> str:
    """`text` with a placeholder for each secret; masking it again changes nothing.

    `after_card`: a card number was masked shortly before, in another message. `previous`: the message before, which may
    announce a secret: « mon mot de passe, c'est », and then the password alone.
    """
    read = plain(text, PLACEHOLDERS, LABELS["card"])
    found = []
    # Mask IBANs first, because their digits may look like a card number. Then cards, because the rules find the date
    # and the code after a masked card.
    for spans, kind, sign in ((ibans.spans, "iban", MASKED), (cards.spans, "card", CARD)):
        for first, end in spans(read):
            found.append((first, end, kind))
            read = read[:first] + sign * (end - first) + read[end:]
    before = rules.announcement(plain(previous, PLACEHOLDERS, LABELS["card"])) + (_AFTER_CARD if after_card else "")
    shift = len(before)
    announced = [(first - shift, end - shift, kind) for first, end, kind in rules.spans(before + read)]
    return _replaced(text, found + [span for span in announced if span[0] >= 0])


def _replaced(text: str, found: list[tuple[int, int, str]]) -> str:
    out, end = [], 0
    for first, last, kind in sorted(found, key=lambda span: (span[0], -span[1])):
        if first >= end:
            out += [text[end:first], LABELS[kind]]
        end = max(end, last)  # overlapping secrets share the first one's placeholder
    return "".join([*out, text[end:]])
