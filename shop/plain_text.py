"""Texts that sellers, carriers and feeds wrote, as plain text of bounded length.

The chat renders **bold**, lists and links; a terminal or a mail program interprets more. Only this module makes such
characters harmless: it replaces them by others that look the same.
"""

import re
import unicodedata

ELLIPSIS = "…"
# Invisible letters (Hangul fillers, the empty Braille cell, …), for which Unicode has no common category.
_SHAPELESS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_LOOKALIKES = str.maketrans({"*": "∗", "`": "’", "<": "‹", ">": "›", "«": "“", "»": "”"})
_HARMLESS: list[tuple[re.Pattern[str], str]] = [
    # The start of a web address: « https:// », « // ».
    (re.compile(r"(?:[a-z][a-z0-9+.-]*:)?/{2,}", re.IGNORECASE), ""),
    # An e-mail address; « Tech@Home » is a name.
    (re.compile(r"@(?=[\w-]+\.)"), "＠"),
    # A French phone number, which would become a link.
    (re.compile(r"\+(?=33)"), "00"),
    # [words](address)
    (re.compile(r"\](?=[(\[])"), "] "),
]
# Words that programs write for an empty value.
_NOTHING = frozenset(
    {"aucun", "aucune", "empty", "inconnu", "inconnue", "na", "nan", "nbsp", "nd", "nil", "none", "null", "tbd", "todo"}
    | {"undefined", "unknown", "vide", "xxx"}
)
# Maximum number of accents on one letter; more would cover the lines above.
_MARKS = 2


def plain(text: str, limit: int) -> str:
    """The text on one line, without markup and invisible characters, cut to `limit` characters."""
    # Cut first, so that the patterns never read a long text.
    text = _visible(text[: 4 * limit]).translate(_LOOKALIKES)
    for pattern, harmless in _HARMLESS:
        text = pattern.sub(harmless, text)
    text = " ".join(_visible(text).split())  # again, because accents may be adjacent now
    return text if len(text) <= limit else text[: limit - 1].rstrip() + ELLIPSIS


def known(text: str | None, limit: int) -> str | None:
    """The plain text; None if it stands for an empty value: « », « - », « NULL », « N/A »."""
    shown = plain(text or "", limit)
    words = re.findall(r"[^\W_]+", shown.casefold())
    return None if "".join(words) in _NOTHING or all(word in _NOTHING for word in words) else shown


def _visible(text: str) -> str:
    """The text without invisible characters.

    Normalise to NFC before and after, because an invisible character may separate a letter from its accent.
    """
    text = unicodedata.normalize("NFC", text)
    kept: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if category[0] == "Z" or category == "Cc":
            kept.append(" ")
        elif category[0] != "C" and character not in _SHAPELESS and marks <= _MARKS:
            kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept))
