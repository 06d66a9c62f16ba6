"""The conversations of `conversations/<case>/<topic>.yml` with the real processes.

A file is a list of conversations with a `name` and `turns`. A turn's `user` is a text or a button's payload, with
placeholders such as `{order.shipped.number}` from `manage.py demo --json`. `bot` lists strings that the answer must
contain, `not` strings that it must not; `buttons` and `no_buttons` do so for button titles. Blanks, apostrophes and
case are normalised.
"""

import json
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from harness.project import read

FILE = Path(__file__)
FOLDER = FILE.parent / "conversations"
AT_ONCE = 8


def pytest_generate_tests(metafunc):
    topic = metafunc.config.getoption("topic") or "*"
    metafunc.parametrize("conversation", load(topic))


def load(topic):
    for path in sorted(FOLDER.glob(f"*/{topic}.yml")):
        for conversation in read(path):
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


def play(bot, conversation):
    """[(the customer's message, the bot's replies)]"""
    sender = uuid.uuid4().hex
    said = [filled(turn["user"], demo(bot)) for turn in conversation["turns"]]
    return [(user, bot.say(sender, user)) for user in said]


@pytest.fixture(scope="session")
def played(bot, request):
    """{conversation's id: its turns}, all requested conversations played concurrently."""
    conversations = [item.callspec.params["conversation"] for item in request.session.items if item.path == FILE]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(map(id, conversations), pool.map(partial(play, bot), conversations), strict=True))


@pytest.mark.processes
def test_conversation(bot, played, conversation):
    values = demo(bot)
    said = ""
    for number, (turn, (user, replies)) in enumerate(
        zip(conversation["turns"], played[id(conversation)], strict=True), 1
    ):
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
