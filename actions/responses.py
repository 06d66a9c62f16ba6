"""What the bot says: data/responses/, read when the process starts, so that a changed reply needs no training.

A reply's first variation may carry `metadata`: the `facts` that its figures come from, and a question's `title`, which
is what a button calls it.
"""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent.parent / "data" / "responses"
Variations = list[dict[str, Any]]


@cache
def load() -> dict[str, Variations]:
    """{name: its variations}, of all files."""
    found: dict[str, Variations] = {}
    for path in sorted(FOLDER.glob("*.yml")):
        found |= yaml.safe_load(path.read_text(encoding="utf-8"))["responses"]
    return found


@cache
def titles() -> dict[str, str]:
    """{question: what a button calls it}, in the order in which the files hold them."""
    first = {name: variations[0].get("metadata") or {} for name, variations in load().items()}
    return {name.removeprefix("utter_"): about["title"] for name, about in first.items() if "title" in about}
