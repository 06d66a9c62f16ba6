"""Plays dialogues by authors who never saw the bot, and checks turn by turn whether a customer would be satisfied.

`tests/dialogues/<author>.yml` contains one author's dialogues. A turn's `user` may name demo orders, `{ORDER_SHIPPED}`
or `{EMAIL_OF(ORDER_SHIPPED)}`. Under `expect`, the reply (texts, buttons and cards) must contain one string of each
list in `must_contain_any`, and none of `must_not_contain`. Case, accents and « » are ignored.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from harness.project import ROOT, read

FOLDER = ROOT / "tests" / "dialogues"
AT_ONCE = 8
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
NOT_UNDERSTOOD = re.compile(
    r"pas sur d'avoir compris|pas compris|s'agit-il|comprends (?:toujours )?pas|n'y arrive toujours pas"
)

# Sends a text in a new or running conversation, and returns all that is shown.
Say = Callable[[str, str], str]


@dataclass(frozen=True)
class Played:
    """One turn, the reply, and why it does not satisfy the customer (empty if it does)."""

    dialogue: str
    kind: str
    turn: int
    user: str
    reply: str
    faults: list[str]

    @property
    def understood(self) -> bool:
        return not NOT_UNDERSTOOD.search(plain(self.reply))


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


def shown(reply: dict[str, Any]) -> str:
    """All that a customer sees of a reply of the `rest` channel: text, buttons, card."""
    card = (reply.get("custom") or {}).get("card") or {}
    titles = [button["title"] for button in reply.get("buttons", [])]
    return "\n".join([reply.get("text", ""), *titles, *_strings(card)])


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif value is not None:
        yield str(value)


def play(say: Say, demo: Demo, authors: str = "*") -> list[Played]:
    """Play the dialogues of these authors (« [efh] »), several at once, each in its own conversation."""
    dialogues = [dialogue for path in sorted(FOLDER.glob(f"{authors}.yml")) for dialogue in read(path)["dialogues"]]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [turn for turns in pool.map(partial(_play_one, say, demo), dialogues) for turn in turns]


def _play_one(say: Say, demo: Demo, dialogue: dict[str, Any]) -> list[Played]:
    played = []
    for number, turn in enumerate(dialogue["turns"], 1):
        user = demo.fill(turn["user"])
        reply = say(dialogue["id"], user)
        why = faults(reply, turn.get("expect") or {}, demo)
        played.append(Played(dialogue["id"], dialogue["kind"], number, user, reply, why))
    return played


def summary(played: list[Played]) -> dict[str, float]:
    """Shares of satisfying turns, of fully satisfying dialogues, and of turns that were not understood."""
    by_dialogue = defaultdict(list)
    for turn in played:
        by_dialogue[turn.dialogue].append(not turn.faults)
    return {
        "turns": sum(not turn.faults for turn in played) / len(played),
        "dialogues": sum(map(all, by_dialogue.values())) / len(by_dialogue),
        "not_understood": sum(not turn.understood for turn in played) / len(played),
    }


def by_kind(played: list[Played]) -> dict[str, tuple[int, int]]:
    """{kind of dialogue: (right turns, turns)}, the worst first."""
    turns, right = Counter(turn.kind for turn in played), Counter(turn.kind for turn in played if not turn.faults)
    return {kind: (right[kind], turns[kind]) for kind in sorted(turns, key=lambda kind: right[kind] / turns[kind])}
