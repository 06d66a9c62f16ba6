"""What readers are told within one process, and when they ask the database all the same."""

import asyncio
import uuid

from chat import hub, news_elsewhere
from chat.models import Message
from chat.news import News

CONVERSATION = uuid.uuid4()


def said(*seqs, answered=0, typing=True):
    return News([Message(seq=seq) for seq in seqs], answered, typing)


def heard(after, *told):
    with hub.listen(CONVERSATION) as listener:
        for one in told:
            hub.announce(CONVERSATION, one)
        found = listener.heard(after)
        assert listener.heard(after) is None, "it is told once"
    return found and ([message.seq for message in found.messages], found.answered, found.typing)


async def woken(listener):
    """At once, or not at all."""
    waiting = asyncio.create_task(listener.wait(60))
    done, _ = await asyncio.wait({waiting}, timeout=0.05)
    waiting.cancel()
    return bool(done)


def test_what_goes_on_where_the_reader_is_needs_no_look():
    assert heard(0, said(1)) == ([1], 0, True)
    assert heard(4, said(5), said(6, 7, answered=5, typing=False)) == ([5, 6, 7], 5, False)


def test_a_gap_an_unknown_change_or_nothing_needs_one():
    assert heard(0) is None
    assert heard(0, said(2)) is None
    assert heard(0, said(2), said(1)) is None
    assert heard(2, said(2), said(3)) is None
    assert heard(0, said(1), None) is None


def test_a_reader_is_woken_and_waits_again():
    async def read():
        with hub.listen(CONVERSATION) as listener:
            hub.announce(CONVERSATION)
            first = await woken(listener)
            listener.heard(0)
            return first, await woken(listener)

    assert asyncio.run(read()) == (True, False)


def test_a_reader_whose_client_leaves_as_news_come_is_gone():
    async def leave():
        with hub.listen(CONVERSATION) as listener:
            waiting = asyncio.create_task(listener.wait(10))
            await asyncio.sleep(0)
            hub.announce(CONVERSATION)
            waiting.cancel()
            await asyncio.wait({waiting})
            return waiting.cancelled()

    assert asyncio.run(leave())


def told_by_another_process(payload):
    """Whether readers here look."""
    with hub.listen(CONVERSATION) as listener:
        news_elsewhere._announce(payload)
        return asyncio.run(woken(listener))


def test_news_of_other_processes_are_heard_whatever_release_sent_them_and_ones_own_are_not():
    assert told_by_another_process(CONVERSATION.hex)
    assert told_by_another_process(f"{CONVERSATION.hex} another")
    assert told_by_another_process(f"{CONVERSATION.hex} {news_elsewhere.NOBODY}")
    assert not told_by_another_process(f"{CONVERSATION.hex} {hub.WORKER}")
