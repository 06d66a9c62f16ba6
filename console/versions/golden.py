"""The golden conversations: what the bot must answer in each, and whether two models give identical replies.

`tests/e2e/conversations/<case>/<topic>.yml` is a list of conversations with a `name` and `turns`. A turn's `user` is a
text or a button's payload, with placeholders such as `{order.shipped.number}` from `manage.py demo --json`. `bot` lists
strings that the answer must contain, `not` strings that it must not; `buttons` and `no_buttons` do so for button
titles. Blanks, apostrophes and case are normalised.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from console import bot_data
from console.versions.sandbox import Played, Reply

_PLACE = re.compile(r"\{(order|tradein)\.(\w+)\.(\w+)\}")
# The random reference of a request.
_REFERENCE = re.compile(r"\bD-[0-9A-Z]{6}\b")
Turn = dict[str, Any]


@dataclass(frozen=True)
class Conversation:
    """`name`: « happy/refund: when and how ». `known`: why it still fails, for the few that do."""

    name: str
    turns: list[Turn]
    known: str = ""


def all_conversations(topic: str = "*") -> Iterator[Conversation]:
    for path in sorted(bot_data.GOLDEN.glob(f"*/{topic}.yml")):
        for one in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader):
            name = f"{path.parent.name}/{path.stem}: {one['name']}"
            yield Conversation(name, one["turns"], one.get("known", ""))


def playable() -> list[Conversation]:
    """The conversations, except those that are known to fail, and those with a blank text, which `chat` refuses."""
    return [one for one in all_conversations() if not one.known and all(turn["user"].strip() for turn in one.turns)]


class Orders:
    """The demo orders and trade-ins by their labels."""

    def __init__(self, entries: list[dict[str, Any]]) -> None:
        self._entries = {(entry["kind"], entry["label"]): entry for entry in entries}

    def fill(self, text: str) -> str:
        return _PLACE.sub(lambda found: str(self._entries[found[1], found[2]][found[3]]), text)


def texts(conversation: Conversation, orders: Orders) -> list[str]:
    """What the customer says."""
    return [orders.fill(turn["user"]) for turn in conversation.turns]


def faults(turn: Turn, replies: Sequence[Reply], before: Sequence[Reply], orders: Orders) -> Iterator[str]:
    """Why this is not the answer to the turn. `before`: the replies to the turn before it."""
    said, titles = _plain(text_of(replies)), [_plain(button["title"]) for button in _buttons(replies)]
    if not said:
        yield "silence"
    if "{" in said:
        yield "an unfilled placeholder"
    if said == _plain(text_of(before)):
        yield "the same answer twice in a row"
    for piece in turn.get("bot", []):
        if _plain(orders.fill(piece)) not in said:
            yield f"« {piece} » is missing"
    for piece in turn.get("not", []):
        if _plain(orders.fill(piece)) in said:
            yield f"« {piece} » must not be said"
    for title in turn.get("buttons", []):
        if _plain(title) not in titles:
            yield f"no button « {title} » among {titles}"
    for title in turn.get("no_buttons", []):
        if _plain(title) in titles:
            yield f"the button « {title} » must not be offered"


def text_of(replies: Sequence[Reply]) -> str:
    return "\n".join(reply.get("text") or "" for reply in replies)


def is_right(conversation: Conversation, answers: list[list[Reply]], orders: Orders) -> bool:
    """Whether each turn got the answer that the file asks for."""
    before: Sequence[Sequence[Reply]] = [[], *answers]
    return not any(
        [*faults(turn, replies, said_before, orders)]
        for turn, replies, said_before in zip(conversation.turns, answers, before, strict=False)
    )


def changes(conversations: Sequence[Conversation], orders: Orders, live: Played, candidate: Played) -> Iterator[Turn]:
    """The first turn of each conversation to which the two models do not give identical replies."""
    for one in conversations:
        answers = zip(texts(one, orders), live[one.name], candidate[one.name], strict=True)
        for said, before, after in answers:
            if _visible(before) != _visible(after):
                yield {"said": said, "before": text_of(before), "after": text_of(after)}
                break


def _visible(replies: Sequence[Reply]) -> str:
    """Everything that the customer sees, including cards."""
    seen = [[reply.get("text"), [one["title"] for one in _buttons([reply])], reply.get("card")] for reply in replies]
    return _REFERENCE.sub("D-", json.dumps(seen, ensure_ascii=False))


def _buttons(replies: Sequence[Reply]) -> list[dict[str, str]]:
    return [button for reply in replies for button in reply.get("buttons") or []]


def _plain(text: str) -> str:
    """The text in lower case, with single ordinary blanks and straight apostrophes."""
    return re.sub(r"\s+", " ", text.replace("’", "'")).strip().casefold()
