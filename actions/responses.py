"""The bot's replies: data/responses/, read at the start of the process, so that a changed reply needs no training.

A version that the console trained may add more (`add`): the replies to questions that the team added.

A reply's first variation may have `metadata`: `facts`, the sources of its figures, and `title`, the button text of a
question. In a text, `{seller}` is filled in; `[…]` is left out if a value in it is unknown; in `[…|otherwise]`, the
second part then replaces it.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent.parent / "data" / "responses"
Variations = list[dict[str, Any]]
_OPTIONAL = re.compile(r"\[([^\[\]|]*)\|?([^\[\]]*)\]")
PLACEHOLDER = re.compile(r"{(\w+)}")


# Replies of earlier versions stay loaded: after a rollback, customers may still press their buttons.
_added: dict[str, Variations] = {}


def add(replies: Mapping[str, Variations]) -> None:
    """Add these replies. One in data/responses/ takes precedence: it may have been edited since it was copied there."""
    _added.update(replies)
    load.cache_clear()
    titles.cache_clear()


@cache
def load() -> dict[str, Variations]:
    """{name: variations} of the files, and of the replies that were added."""
    found = _of_files()
    return found | {name: variations for name, variations in _added.items() if name not in found}


@cache
def _of_files() -> dict[str, Variations]:
    """The replies of the files, read once: an edit takes effect after a restart, not when a version is loaded."""
    found: dict[str, Variations] = {}
    for path in sorted(FOLDER.glob("*.yml")):
        found |= yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["responses"]
    return found


@cache
def titles() -> dict[str, str]:
    """{question: button text}, in the order of the files."""
    first = {name: variations[0].get("metadata") or {} for name, variations in load().items()}
    return {name.removeprefix("utter_"): about["title"] for name, about in first.items() if "title" in about}


def fill(text: str, values: Mapping[str, Any]) -> str:
    """The text with its placeholders filled in. Braces and brackets inside a value are kept as they are."""

    def chosen(part: re.Match[str]) -> str:
        is_known = all(values[name] is not None for name in PLACEHOLDER.findall(part[1]))
        return part[1] if is_known else part[2]

    return PLACEHOLDER.sub(lambda name: str(values[name[1]]), _OPTIONAL.sub(chosen, text))


def text(name: str, **values: Any) -> str:
    """The first wording of a reply, filled in, to be inserted into another reply."""
    return fill(load()[name][0]["text"], values)
