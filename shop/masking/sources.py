"""Reads secrets.json, whose placeholders and IBANs the widget reads too (widget/src/masking-table.ts).

Its patterns read the plain text of plain.py. Their matches have a bounded length, so that a search takes linear time.
Group 1 is kept, and group 2 is masked. \\u0001: a placeholder, \\u0004: a card's placeholder, \\u0002: a letter outside
ASCII.
"""

import json
import re
from pathlib import Path
from typing import Any

_SECRETS: dict[str, Any] = json.loads((Path(__file__).parent / "secrets.json").read_text("utf-8"))
# Kind of secret → its placeholder.
LABELS: dict[str, str] = _SECRETS["labels"]
# Country → the length of its IBANs (in the file: the kinds of characters after the check digits, as in ISO 13616).
IBAN_LENGTHS = {country: 4 + sum(map(int, re.findall(r"\d+", parts))) for country, parts in _SECRETS["ibans"].items()}
RULES: list[dict[str, Any]] = _SECRETS["rules"]
_FRAGMENT = re.compile(r"\{([A-Z_]+)\}")


def expanded(pattern: str) -> str:
    """The pattern with its named fragments, which may name others, filled in."""
    while _FRAGMENT.search(pattern):
        pattern = _FRAGMENT.sub(lambda name: str(_SECRETS["fragments"][name[1]]), pattern)
    return pattern
