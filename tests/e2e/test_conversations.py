"""The conversations of `conversations/<case>/<topic>.yml` with the real processes.

A file is a list of conversations with a `name` and `turns`. A turn's `user` is a text or a button's payload, with
placeholders such as `{order.shipped.number}` from `manage.py demo --json`. `bot` lists strings that the answer must
contain, `not` strings that it must not; `buttons` and `no_buttons` do so for button titles. Blanks, apostrophes and
case are normalised.
"""

import json
import re
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

FOLDER = Path(__file__).parent / "conversations"


def load():
    for path in sorted(FOLDER.glob("*/*.yml")):
        for conversation in yaml.safe_load(path.read_text(encoding="utf-8")):
            # `known`: why it still fails. This list must shrink.
            known = [pytest.mark.xfail(reason=conversation["known"])] if "known" in conversation else []
            yield pytest.param(conversation, marks=known, id=f"{path.parent.name}/{path.stem}: {conversation['name']}")


@cache
def demo(processes):
    """`order.<label>` and `tradein.<label>` with their fields."""
    kinds = {"order": {}, "tradein": {}}
    for entry in json.loads(processes.manage("demo", "--json")):
        kinds[entry["kind"]][entry["label"]] = SimpleNamespace(**entry)
    return {kind: SimpleNamespace(**entries) for kind, entries in kinds.items()}


def normalised(text: str) -> str:
    """Replace no-break blanks and curly apostrophes, and collapse blanks."""
    return re.sub(r"\s+", " ", text.replace("’", "'")).casefold()


def filled(text: str, values) -> str:
    return re.sub(r"\{(?:order|tradein)\.[\w.]+\}", lambda match: match.group().format(**values), text)


@pytest.mark.processes
@pytest.mark.parametrize("conversation", load())
def test_conversation(bot, sender, conversation):
    values = demo(bot)
    said = ""
    for number, turn in enumerate(conversation["turns"], 1):
        user = filled(turn["user"], values)
        replies = bot.say(sender, user)
        before, said = said, "\n".join(reply.get("text", "") for reply in replies)
        where = f"turn {number}, « {user} »: {said}"
        assert said, f"silence at {where}"
        assert "{" not in said, f"an unfilled placeholder at {where}"
        assert normalised(said) != normalised(before), f"the same answer twice in a row at {where}"
        for piece in turn.get("bot", []):
            assert normalised(filled(piece, values)) in normalised(said), f"« {piece} » is missing at {where}"
        for piece in turn.get("not", []):
            assert normalised(filled(piece, values)) not in normalised(said), f"« {piece} » must not be said at {where}"
        titles = [button["title"] for reply in replies for button in reply.get("buttons", [])]
        for title in turn.get("buttons", []):
            assert normalised(title) in map(normalised, titles), f"no button « {title} » among {titles} at {where}"
        for title in turn.get("no_buttons", []):
            assert normalised(title) not in map(normalised, titles), (
                f"the button « {title} » must not be offered at {where}"
            )
