"""French typography for the replies, so that their files can be typed on any keyboard."""

import re
from collections.abc import Callable

from shop.unicode import NARROW_NO_BREAK, NO_BREAK

_LABEL = re.compile(r"(«[^«»]*»)")
_RULES: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    # An apostrophe between letters, except in an e-mail address.
    (re.compile(r"(?<=\w)'(?=\w)(?!\S{0,255}@)"), "’"),
    (re.compile(rf"(?<![ {NARROW_NO_BREAK}])[ {NARROW_NO_BREAK}]+(?=[:;!?»%€])"), NO_BREAK),
    (re.compile(r"(?<=\d) (?=(?:h|jours?|chiffres|caractères)\b)"), NO_BREAK),
    # The blank between groups of three digits, and in the phone number.
    (re.compile(r"(?<=\b\d) (?=\d{3}\b)"), NARROW_NO_BREAK),
    (re.compile(r"\+33 \(0\)1(?: \d\d){4}"), lambda phone: phone.group().replace(" ", NO_BREAK)),
]


def typeset(text: str) -> str:
    """Set curly apostrophes, no-break spaces before « : ; ! ? » and inside guillemets.

    Text between guillemets is a label of the shop's pages, so only the blanks at its edges change.
    """
    return "".join(_label(part) if part.startswith("«") else _prose(part) for part in _LABEL.split(text))


def _label(part: str) -> str:
    return f"«{NO_BREAK}{part[1:-1].strip()}{NO_BREAK}»"


def _prose(part: str) -> str:
    for pattern, replacement in _RULES:
        part = pattern.sub(replacement, part)
    return part
