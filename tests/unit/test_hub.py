"""What readers are told within one process, and when they ask the database all the same."""

import asyncio
import uuid

from chat import hub
from chat.models import Message
from chat.news import News

CONVERSATION = uuid.uuid4()


def news(*seqs, answered=0, typing=True):
    return News([Message(seq=seq) for seq in seqs], answered, typing)


def heard(after, *told):
    with hub.listen(CONVERSATION) as listener:
        for one in told:
            hub.announce(CONVERSATION, one)
        found = listener.heard(after)
        assert listener.heard(after) is None, "it is told once"
    return found and ([message.seq for message in found.messages], found.answered, found.typing)


def test_what_goes_on_where_the_reader_is_needs_no_look():
    assert heard(0, news(1)) == ([1], 0, True)
    assert heard(4, news(5), news(6, 7, answered=5, typing=False)) == ([5, 6, 7], 5, False)


def test_a_gap_an_unknown_change_or_nothing_needs_one():
    assert heard(0) is None
    assert heard(0, news(2)) is None
    assert heard(0, news(2), news(1)) is None
    assert heard(2, news(2), news(3)) is None
    assert heard(0, news(1), None) is None


def test_a_reader_is_woken_and_waits_again():
    async def read():
        with hub.listen(CONVERSATION) as listener:
            hub.announce(CONVERSATION)
            first = await listener.wait(10)
            listener.heard(0)
            return first, await listener.wait(0.01)

    assert asyncio.run(read()) == (True, False)
