"""Plays the dialogues of tests/dialogues/ over the `rest` channel, for tests and `make test-nlu`."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from console.versions import dialogues
from console.versions.dialogues import Demo, all_dialogues, faults, plain

AT_ONCE = 8
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


def shown(reply: dict[str, Any]) -> str:
    """All that a customer sees of a reply of the `rest` channel, which has the card elsewhere."""
    return dialogues.shown(reply | {"card": (reply.get("custom") or {}).get("card")})


def play(say: Say, demo: Demo, authors: str = "*") -> list[Played]:
    """Play the dialogues of these authors (« [efh] »), several at once, each in its own conversation."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [turn for turns in pool.map(partial(_play_one, say, demo), all_dialogues(authors)) for turn in turns]


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
