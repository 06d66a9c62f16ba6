"""Removes e-mails, phone numbers, order numbers and names from texts that are shown, exported or trained on."""

import re
import secrets
from collections import OrderedDict
from collections.abc import Iterable
from hashlib import blake2b
from threading import Lock

from shop import contacts
from shop.numbers import DIGITS, ORDER_PREFIX, TRADEIN_PREFIX
from shop.unicode import NO_BREAK

# Maximum number of masked texts in memory: some pages of conversations, at most 16 MB.
MAX_KEPT = 2_000

EMAIL = "[e-mail]"
PHONE = "[téléphone]"
ORDER = "[n° de commande]"
TRADEIN = "[n° de reprise]"
NUMBER = "[numéro]"
NAME = "[nom]"
# Matches the placeholder of a masked identifier.
PLACEHOLDERS = re.compile("|".join(map(re.escape, (EMAIL, PHONE, ORDER, TRADEIN, NUMBER))))


def _spaced(prefix: str) -> str:
    return r"\s?".join(prefix)


# Every pattern has a bounded length, and begins only where a word or a number begins. So a long text takes no more time
# per character than a short one (tests/unit/test_linear_patterns.py). RFC 5321 allows 64 characters before « @ », and
# 255 after it.
_LOCAL, _DOMAIN = r"[^\s@<>(),;:\"«»]", r"[^\s@<>(),;:\"«»]{0,255}[^\s@<>(),;:\".!?«»]"
_SPOKEN_WORD = r"[^\s@]{1,64}+"
_PATTERNS = [
    (re.compile(rf"(?<!{_LOCAL}){_LOCAL}{{1,64}}\s?@\s?{_DOMAIN}|(?<=[^\s@]){_LOCAL}{{0,64}}@{_DOMAIN}"), EMAIL),
    # Dictated addresses too: « camille point durand arobase example point fr ».
    (re.compile(rf"(?<!\S){_SPOKEN_WORD}(?: point {_SPOKEN_WORD}){{0,4}}\s+(?:arobase|arobas|at)\s+"
                rf"(?:[^\s.]{{1,64}}\.\S{{1,64}}|{_SPOKEN_WORD}(?:\s+point\s+{_SPOKEN_WORD}){{1,3}})", re.I), EMAIL),
    (re.compile(rf"(?<!\w){_spaced(ORDER_PREFIX)}[\s.:°#-]{{0,5}}\d(?:[\s.-]?\d){{2,11}}(?!\w)", re.IGNORECASE), ORDER),
    (re.compile(rf"(?<!\w){_spaced(TRADEIN_PREFIX)}[\s.:°#-]{{0,5}}\d(?:[\s.-]?\d){{2,11}}(?!\w)", re.I), TRADEIN),
    (re.compile(r"(?<![\w+])(?:\+|00)\d{1,3}(?:[\s.()\u00a0\u202f-]{0,3}\d){8,11}(?!\w)"), PHONE),
    (re.compile(r"(?<!\w)0[1-9](?:[\s.\u00a0\u202f-]?\d{2}){4}(?!\w)"), PHONE),
    # Any long run of digits: an order number without its letters, a tracking number, an IMEI.
    (re.compile(r"(?<!\w)(?=(?:[^\W\d]{0,8}\d){6})[A-Za-z0-9]{7,}+(?:[ -]?\d{2,}+)*+(?!\w)"
                r"|(?<!\w)\d{4}[ .-]\d{4}(?!\w)"), NUMBER),
]  # fmt: skip
_UPPER = "A-ZÀ-ÖØ-Þ"
_NAME = rf"[{_UPPER}][\w’'-]{{1,40}}+(?:\s+(?:de |du |le |la )?[{_UPPER}][\w’'-]{{1,40}}+){{0,3}}"
_INTRODUCED = re.compile(
    rf"(?P<before>(?:[Jj]e m['’ ]?appelle|[Jj]e suis|[Mm]on nom est|[Aa]u nom de|[Cc]ordialement,?|[Bb]ien à vous,?|"
    rf"\b(?:M\.|Mr\.?|Mme\.?|Mlle\.?|Monsieur|Madame))\s{{1,3}})(?P<name>{_NAME})"
)
# The shop's own phone number, in the national form too, and its e-mail addresses are no personal data.
_LINE = contacts.PHONE.split(NO_BREAK)
_LINES = "|".join(r"[\s.]?".join(map(re.escape, digits)) for digits in (_LINE, ["0" + _LINE[1][-1], *_LINE[2:]]))
_EMAILS = "|".join(map(re.escape, (contacts.SUPPORT_EMAIL, contacts.BUYBACK_EMAIL, contacts.PRIVACY_EMAIL)))
_OURS = re.compile(rf"(?<![\w+])(?:{_LINES})(?!\w)|(?<!{_LOCAL})(?:{_EMAILS})(?![\w@-]|\.\w)", re.IGNORECASE)

# Placeholders for training lines and tests: they have the right format, but are no person's data.
_DIGITS = str(10 ** (DIGITS - 1))
NEUTRAL = {
    EMAIL: "client@example.com", PHONE: "06 00 00 00 00", ORDER: f"{ORDER_PREFIX}{_DIGITS}",
    TRADEIN: f"{TRADEIN_PREFIX}{_DIGITS}", NUMBER: _DIGITS, NAME: "Dupont",
}  # fmt: skip


class _Masked:
    """A cache of masked texts. The originals are stored only as keyed hashes."""

    def __init__(self) -> None:
        self._texts: OrderedDict[bytes, str] = OrderedDict()
        self._key, self._lock = secrets.token_bytes(32), Lock()

    def get(self, text: str, names: tuple[str, ...]) -> str:
        original = "\0".join((text, *names)).encode("utf-8", "surrogatepass")
        hashed = blake2b(original, key=self._key, digest_size=32).digest()
        with self._lock:
            known = self._texts.pop(hashed, None)
        masked = _mask(text, names) if known is None else known
        with self._lock:
            self._texts[hashed] = masked
            if len(self._texts) > MAX_KEPT:
                self._texts.popitem(last=False)
        return masked


_masked = _Masked()


def mask(text: str, names: Iterable[str] = ()) -> str:
    """Replace each e-mail, phone, number and name by a word in brackets. `names`: the names known to occur."""
    return _masked.get(text, tuple(names))


def _mask(text: str, names: tuple[str, ...]) -> str:
    kept = _OURS.findall(text)
    masked = _OURS.sub("\0", text)
    for pattern, word in _PATTERNS:
        masked = pattern.sub(word, masked)
    masked = _INTRODUCED.sub(lambda found: found["before"] + NAME, masked)
    for name in names:
        if len(name) > 2:
            masked = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", NAME, masked, flags=re.IGNORECASE)
    for number in kept:
        masked = masked.replace("\0", number, 1)
    return masked


def neutral(text: str, names: Iterable[str] = ()) -> str:
    """Replace personal data by neutral placeholders, for training lines and tests."""
    line = mask(text, names)
    for word, value in NEUTRAL.items():
        line = line.replace(word, value)
    return " ".join(line.split())


def mask_value(name: str, value: object, names: Iterable[str] = ()) -> str:
    """A slot or entity value, as the console shows it."""
    whole = {"email": EMAIL, "order_number": ORDER, "tradein_number": TRADEIN, "refused_lookup": f"{ORDER} {EMAIL}"}
    return whole[name] if name in whole and value else mask(str(value), names)
