"""Normalises messages for the features: removes variation without meaning."""

import re
import unicodedata
from functools import lru_cache

from bot.nlu.negation import without_denied
from bot.nlu.spelling import correct_verb_endings, emoji_as_words, expand_sms
from bot.nlu.value_announcements import MASKED, without_secrets
from shop.limits import MAX_MESSAGE_CHARACTERS
from shop.numbers import DIGITS, PREFIXES
from shop.unicode import nfc

# Identifiers for a look-up: they say nothing about the customer's question.
_IDENTIFIER = re.compile(
    r"(?:\b(?:et\s+)?(?:(?:mon|ma|l['’]|avec|sur)\s*)?(?:adresse(?:\s+(?:e-?)?mail)?|e-?mail|mail|courriel|mel)"
    r"\s*(?:c['’ ]?est|est|:|,|=)?\s*)?(?<!\S)[^\s@]{1,64}@\S+"
    rf"|(?<!\w){PREFIXES}[\s.:°#-]*\d[\d\s.-]*|(?<!\d)\d{{{DIGITS}}}(?!\d)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(rf"(?<!\w){PREFIXES}[\s.:°#-]*\d{{{DIGITS}}}(?!\d)", re.IGNORECASE)
_LINK = re.compile(r"https?://\S+")
_NUMBER = re.compile(r"\d+(?:[\s.,/-]\d+)*")
_STRETCHED = re.compile(r"(\w)\1{2,}")
_BLANKS = re.compile(r"\s+")
_WORD = re.compile(r"[^\W\d_]{2,}")
# With fewer other words, the message counts as the identifier alone.
MIN_WORDS_BESIDE = 3


def names_order(text: str) -> bool:
    """Whether the text contains the number of an order or a trade-in."""
    return bool(_NUMBERED.search(text))


def cleaned(text: str) -> str:
    """`text` in NFC, without control characters, cut to MAX_MESSAGE_CHARACTERS."""
    text = nfc(text[: 2 * MAX_MESSAGE_CHARACTERS])
    kept = "".join(c if c in "\n\t" or unicodedata.category(c)[0] != "C" else " " for c in text)
    return kept[:MAX_MESSAGE_CHARACTERS]


@lru_cache(maxsize=32)  # each feature set reads the same texts
def normalised(text: str) -> str:
    """`text` in lower case, with straight apostrophes, one token for all numbers, and « énooorme » as « énorme ».

    Expands SMS spelling, and removes denied clauses, masked secrets, order numbers and e-mails. If nearly nothing else
    is left, the number or e-mail becomes the word « identifiant ».
    """
    text = unicodedata.normalize("NFKC", cleaned(text)).lower().replace("’", "'")
    text = MASKED.sub(" ", without_secrets(without_denied(emoji_as_words(text))))
    rest = _IDENTIFIER.sub(" ", text)
    if len(_WORD.findall(rest)) < MIN_WORDS_BESIDE:
        rest = _IDENTIFIER.sub(" identifiant ", text)
    text = _NUMBER.sub(" 0 ", _LINK.sub(" unlien ", rest))
    text = expand_sms(_BLANKS.sub(" ", _STRETCHED.sub(r"\1", text)).strip())
    # Expand again: the table also maps forms of a verb to one of them, such as « annulé » to « annuler ».
    return expand_sms(correct_verb_endings(text))
