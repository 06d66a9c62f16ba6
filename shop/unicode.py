"""No-break spaces; and Unicode normalisation: for storage, without making look-alikes equal, and for comparison."""

import re
import unicodedata

NO_BREAK = "\u00a0"
NARROW_NO_BREAK = "\u202f"

# Matches text without the characters that NFC would replace by an ASCII one: the Greek question mark, the varia and the
# Kelvin sign.
_APART_FROM = re.compile("[^\u037e\u1fef\u212a]+")


def nfc(text: str) -> str:
    """NFC, but without replacing a similar-looking sign by an ASCII one: an address could become another one."""
    return _APART_FROM.sub(lambda found: unicodedata.normalize("NFC", found.group()), text)


def without_accents(text: str) -> str:
    """« Reçu à Nîmes » → « recu a nimes », for comparison only."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    if letters.isascii():  # most texts are, and this is three times as fast
        return letters
    return "".join([letter for letter in letters if not unicodedata.combining(letter)])
