"""Unicode normalisation: for storage, without making look-alikes equal; and for comparison."""

import re
import unicodedata

# The characters that NFC replaces by an ASCII one: the Greek question mark, the varia and the Kelvin sign.
_APART_FROM = re.compile("[^\u037e\u1fef\u212a]+")


def nfc(text: str) -> str:
    """NFC, but what is not ASCII stays so: an address with a look-alike letter must not become somebody's."""
    return _APART_FROM.sub(lambda found: unicodedata.normalize("NFC", found.group()), text)


def without_accents(text: str) -> str:
    """« Reçu à Nîmes » → « recu a nimes », for comparison only."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
