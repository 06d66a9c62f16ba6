"""The bot's replies: data/responses/, read at the start of the process, so that a changed reply needs no training.

A reply's first variation may have `metadata`: `facts`, the sources of its figures, and `title`, the button text of a
question.
"""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent.parent / "data" / "responses"
Variations = list[dict[str, Any]]


@cache
def load() -> dict[str, Variations]:
    """{name: variations}, from all files."""
    found: dict[str, Variations] = {}
    for path in sorted(FOLDER.glob("*.yml")):
        found |= yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["responses"]
    return found


@cache
def titles() -> dict[str, str]:
    """{question: button text}, in the order of the files."""
    first = {name: variations[0].get("metadata") or {} for name, variations in load().items()}
    return {name.removeprefix("utter_"): about["title"] for name, about in first.items() if "title" in about}
