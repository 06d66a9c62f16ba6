"""What a customer typed, made safe to store, to show and to read aloud."""

import re
import unicodedata

from shop.formatting import NO_BREAK, number
from shop.limits import MAX_MESSAGE_CHARACTERS

# Turn the reading direction round: what is shown would not be what was written.
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# Seen by nobody, but they hide digits and words from every check. The joiners of emoji (200D, FE0F) stay.
_INVISIBLE = "\u00ad\u180e\u200b\u2060-\u2064\ufeff"
_CONTROL = "\x00-\x08\x0b-\x1f\x7f-\x9f"
_SURROGATES = "\ud800-\udfff"
_REMOVED = re.compile(f"[{_CONTROL}{_BIDI}{_INVISIBLE}{_SURROGATES}]")
_NEWLINES = re.compile(r"\r\n?|[\u0085\u2028\u2029]")
_MANY_LINES = re.compile(r"\n{3,}")


class Unreadable(Exception):
    """No text is left, or too much; the message is a French sentence for the customer."""


def clean(raw: str) -> str:
    """NFC, without controls, lone surrogates, bidirectional and invisible characters; not empty, not too long.

    Raises Unreadable.
    """
    lines = _NEWLINES.sub("\n", raw)
    text = unicodedata.normalize("NFC", _REMOVED.sub("", lines))
    text = _MANY_LINES.sub("\n\n", text).strip()
    if not text:
        raise Unreadable("Votre message est vide.")
    if len(text) > MAX_MESSAGE_CHARACTERS:
        most = f"{number(MAX_MESSAGE_CHARACTERS)}{NO_BREAK}caractères au plus"
        raise Unreadable(f"Votre message est trop long{NO_BREAK}: {most}.")
    return text
