"""The plain text that all masking patterns read: one character for each of the original, so that positions agree.

Lower case without accents; digits of any script are 0 to 9. A placeholder becomes MASKED (a card's: CARD), which is
neither a letter nor a digit. No word or number begins or ends beside it, so that masking twice changes nothing.
"""

import re
import unicodedata

MASKED, LETTER, SIGN, CARD = "\x01", "\x02", "\x03", "\x04"
# Character classes for look-arounds: beside these characters no word, or no number, begins or ends.
WORD_SIGNS, DIGIT_SIGNS = f"a-z0-9{MASKED}{LETTER}{CARD}", f"0-9{MASKED}{CARD}"
_SPECIAL = {**dict.fromkeys("’ʼ‘`´", "'"), **dict.fromkeys("‐‑‒–—−", "-"), **dict.fromkeys("«»“”„", '"')}
_KEPT = frozenset({"\n", "€", MASKED, CARD})


class _Table(dict[int, str]):
    """Computes the plain form of a character when it first occurs."""

    def __missing__(self, code: int) -> str:
        self[code] = plain = _plain(chr(code))
        return plain


def _plain(character: str) -> str:
    if character in _KEPT:
        return character
    if character in _SPECIAL:
        return _SPECIAL[character]
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    letters = [c for c in unicodedata.normalize("NFKD", character) if unicodedata.category(c)[0] != "M"]
    if len(letters) == 1 and " " <= letters[0] <= "~":
        return letters[0].lower()
    if character.isspace():
        return " "
    return LETTER if unicodedata.category(character)[0] in "LN" else SIGN


_TABLE = _Table()


def plain(text: str, placeholders: re.Pattern[str], card: str) -> str:
    """`text` in the form above. `placeholders` matches all placeholders; `card` is a card's."""

    def hidden(found: re.Match[str]) -> str:
        return (CARD if found.group() == card else MASKED) * len(found.group())

    return placeholders.sub(hidden, text).translate(_TABLE)
