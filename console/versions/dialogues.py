"""Dialogues by authors who never saw the bot, judged turn by turn: would a customer be satisfied?

`tests/dialogues/<author>.yml` contains one author's dialogues. A turn's `user` may name demo orders, `{ORDER_SHIPPED}`
or `{EMAIL_OF(ORDER_SHIPPED)}`. Under `expect`, the reply (texts, buttons and cards) must contain one string of each
list in `must_contain_any`, and none of `must_not_contain`. Case, accents and « » are ignored.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import yaml

from console import bot_data
from console.versions.sandbox import Reply

LABELS = {
    "ORDER_SECOND_SAME_OWNER": "second_of_shipped", "TRADEIN_NOT_SHIPPED": "not_shipped", "TRADEIN_SHIPPED": "shipped",
}  # fmt: skip
FIELDS = {
    "EMAIL_OF": "email", "TRACKING_OF": "tracking_number", "CARRIER_OF": "carrier", "PRODUCT_OF": "product",
    "FIRSTNAME_OF": "first_name", "LASTNAME_OF": "last_name", "CITY_OF": "city",
}  # fmt: skip
NAME = re.compile(r"\{([A-Z_]+)(?:\(([A-Z_]+)\))?\}")
# No reply may ever contain these.
LEAKS = re.compile(r"\b(?:utter|action)_\w+|\{[A-Za-z_]+\}|\bNone\b|Traceback")

Dialogue = dict[str, Any]


class Demo:
    """The demo orders and trade-ins under the dialogues' names."""

    def __init__(self, entries: list[dict[str, Any]]) -> None:
        self._entries = {(entry["kind"], entry["label"]): entry for entry in entries}

    def fill(self, text: str) -> str:
        return NAME.sub(lambda found: self._value(found[1], found[2]), text)

    def _value(self, name: str, of: str | None) -> str:
        if of:
            return str(self._entry(of)[FIELDS[name]])
        if name == "EMAIL_NOBODY":
            return "personne.inconnue@exemple.fr"
        return self._unknown() if name == "ORDER_UNKNOWN" else str(self._entry(name)["number"])

    def _entry(self, name: str) -> dict[str, Any]:
        kind, _, label = name.partition("_")
        return self._entries[kind.lower(), LABELS.get(name, label.lower())]

    def _unknown(self) -> str:
        """A well-formed number without an order."""
        numbers = {entry["number"] for entry in self._entries.values()}
        return next(f"PX{number}" for number in range(59318375, 99999999) if f"PX{number}" not in numbers)


def all_dialogues(authors: str = "*") -> list[Dialogue]:
    """The dialogues of these authors; a glob pattern, such as « [efh] »."""
    return [
        dialogue
        for path in sorted(bot_data.DIALOGUES.glob(f"{authors}.yml"))
        for dialogue in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["dialogues"]
    ]


def is_satisfied(dialogue: Dialogue, answers: list[list[Reply]], demo: Demo) -> list[bool]:
    """Whether the customer is satisfied, per turn."""
    return [
        not faults("\n".join(map(shown, replies)), turn.get("expect") or {}, demo)
        for turn, replies in zip(dialogue["turns"], answers, strict=True)
    ]


def shown(reply: Reply) -> str:
    """Everything that the customer sees of a reply: text, buttons, card."""
    titles = [button["title"] for button in reply.get("buttons", [])]
    return "\n".join([reply.get("text", ""), *titles, *_strings(reply.get("card"))])


def plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.lower().replace("’", "'"))
    kept = "".join(c for c in letters if not unicodedata.combining(c) and c not in "*_«»")
    return re.sub(r"\s+", " ", kept).strip()


def faults(reply: str, expect: dict[str, Any], demo: Demo) -> list[str]:
    """Why this reply does not satisfy the customer."""
    said = plain(reply)
    wanted = [list(_flat(one)) for one in expect.get("must_contain_any") or []]
    found = [f"none of {strings[:6]}" for strings in wanted if not any(_holds(said, s, demo) for s in strings)]
    found += [f"holds « {s} »" for s in _flat(expect.get("must_not_contain") or []) if _holds(said, s, demo)]
    found += [f"leaks {leak[0]}" for leak in LEAKS.finditer(reply)]
    return found if said else ["silence"]


def _holds(said: str, wanted: str, demo: Demo) -> bool:
    piece = plain(demo.fill(wanted))
    return bool(re.search(rf"(?<!\w){re.escape(piece)}(?!\w)", said)) if "{" in wanted else piece in said


def _flat(values: Any) -> Iterator[str]:
    if isinstance(values, list):
        for value in values:
            yield from _flat(value)
    else:
        yield str(values)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif value is not None:
        yield str(value)
