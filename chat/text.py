"""Sanitises a customer's text before it is stored, displayed and read aloud."""

import re

from shop.formatting import number
from shop.limits import MAX_MESSAGE_CHARACTERS
from shop.unicode import NO_BREAK, nfc, without_accents

# Bidirectional controls, which could make a text look different from what it contains.
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# Invisible characters, which could hide digits and words from the checks. The joiners of emoji (200D, FE0F) stay.
_INVISIBLE = "\u00ad\u180e\u200b\u2060-\u2064\ufeff"
_CONTROL = "\x00-\x08\x0b-\x1f\x7f-\x9f"
_SURROGATES = "\ud800-\udfff"
_REMOVED = re.compile(f"[{_CONTROL}{_BIDI}{_INVISIBLE}{_SURROGATES}]")
_NEWLINES = re.compile(r"\r\n?|[\u0085\u2028\u2029]")
_MANY_LINES = re.compile(r"\n{3,}")


class Unreadable(Exception):
    """The text is empty or too long. The message is a French sentence for the customer."""


def clean(raw: str) -> str:
    """NFC, without control characters, lone surrogates, bidirectional and invisible characters.

    Raises Unreadable if it is empty or too long.
    """
    lines = _NEWLINES.sub("\n", raw)
    text = nfc(_REMOVED.sub("", lines))
    text = _MANY_LINES.sub("\n\n", text).strip()
    if not text:
        raise Unreadable("Votre message est vide.")
    if len(text) > MAX_MESSAGE_CHARACTERS:
        most = f"{number(MAX_MESSAGE_CHARACTERS)}{NO_BREAK}caractères au plus"
        raise Unreadable(f"Votre message est trop long{NO_BREAK}: {most}.")
    return text


# « Oui, un modèle à mon nom svp »: the words around a button's title.
_AROUND_TITLE = re.compile(
    r"^(?:(?:oui|ouais|ok|d['’]accord|alors|donc|plut[oô]t|je (?:veux|voudrais))\b\W{0,3})+"
    r"|\b(?:svp|stp|s['’]il (?:vous|te) pla[iî]t|merci)\W{0,3}$",
    re.IGNORECASE,
)


def is_title(text: str, title: str) -> bool:
    """Whether the text is this button's title, perhaps with « oui » before it or « svp » after it."""
    return letters(title) in (letters(text), letters(_AROUND_TITLE.sub("", text)))


def letters(text: str) -> str:
    """« Changer l’e-mail » and « changer l'email ! » → « changerlemail », for comparison only."""
    return "".join(filter(str.isalnum, without_accents(text)))
