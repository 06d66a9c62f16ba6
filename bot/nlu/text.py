"""A message as the features see it: what varies without meaning anything is made alike."""

import re
import unicodedata

# Customers' messages end long before; beyond, only the time to read them grows.
MAX_CHARACTERS = 2000

_EMAIL = re.compile(r"\S+@\S+")
_LINK = re.compile(r"https?://\S+")
_NUMBER = re.compile(r"(?:\b(?:px|rp)[\s-]*)?\d[\d\s.,/-]*", re.IGNORECASE)
_STRETCHED = re.compile(r"(\w)\1{2,}")
_BLANKS = re.compile(r"\s+")


def cleaned(text: str) -> str:
    """NFC, control characters gone, at most MAX_CHARACTERS."""
    text = unicodedata.normalize("NFC", text[: 2 * MAX_CHARACTERS])
    kept = "".join(c if c in "\n\t" or unicodedata.category(c)[0] != "C" else " " for c in text)
    return kept[:MAX_CHARACTERS]


def featurised(text: str) -> str:
    """Lower case, apostrophes straight, e-mails, links and numbers as one word each, « énooorme » as « énorme »."""
    text = unicodedata.normalize("NFKC", cleaned(text)).lower().replace("’", "'")
    text = _EMAIL.sub(" unmail ", _LINK.sub(" unlien ", text))
    text = _NUMBER.sub(" 0 ", text)
    return _BLANKS.sub(" ", _STRETCHED.sub(r"\1", text)).strip()
