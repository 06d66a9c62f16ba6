"""The golden conversations of `conversations/<case>/<topic>.yml` with the real processes."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path

import pytest

from console.versions import golden

FILE = Path(__file__)
AT_ONCE = 8


def pytest_generate_tests(metafunc):
    topic = metafunc.config.getoption("topic") or "*"
    metafunc.parametrize("conversation", load(topic))


def load(topic):
    for one in golden.all_conversations(topic):
        # This list must shrink.
        marks = [pytest.mark.xfail(reason=one.known)] if one.known else []
        yield pytest.param(one, marks=marks, id=one.name)


@cache
def orders(processes):
    return golden.Orders(json.loads(processes.manage("demo", "--json")))


def play(bot, conversation):
    """[(the customer's message, the bot's replies)]"""
    sender = uuid.uuid4().hex
    return [(user, bot.say(sender, user)) for user in golden.texts(conversation, orders(bot))]


@pytest.fixture(scope="session")
def played(bot, request):
    """{conversation's id: its turns}, all requested conversations played concurrently."""
    conversations = [item.callspec.params["conversation"] for item in request.session.items if item.path == FILE]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(map(id, conversations), pool.map(partial(play, bot), conversations), strict=True))


@pytest.mark.processes
def test_conversation(bot, played, conversation):
    before = []
    for number, (turn, (user, replies)) in enumerate(zip(conversation.turns, played[id(conversation)], strict=True), 1):
        faults = [*golden.faults(turn, replies, before, orders(bot))]
        assert not faults, f"turn {number}, « {user} »: {'; '.join(faults)}: {golden.text_of(replies)}"
        before = replies
