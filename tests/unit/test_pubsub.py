"""Publish/subscribe within a process, and when readers poll the database anyway."""

import asyncio
import uuid

from chat import pg_notify, pubsub
from chat.models import Message
from chat.updates import Updates

CONVERSATION = uuid.uuid4()


def said(*seqs, answered=0, typing=True):
    return Updates([Message(seq=seq) for seq in seqs], answered, typing)


def polled(after, *told):
    with pubsub.subscribe(CONVERSATION) as subscriber:
        for one in told:
            pubsub.publish(CONVERSATION, one)
        found = subscriber.poll(after)
        assert subscriber.poll(after) is None, "an update is returned once"
    return found and ([message.seq for message in found.messages], found.answered, found.typing)


async def woken(subscriber):
    """Whether the reader wakes up immediately."""
    waiting = asyncio.create_task(subscriber.wait(60))
    done, _ = await asyncio.wait({waiting}, timeout=0.05)
    waiting.cancel()
    return bool(done)


def test_updates_in_the_readers_own_process_need_no_query():
    assert polled(0, said(1)) == ([1], 0, True)
    assert polled(4, said(5), said(6, 7, answered=5, typing=False)) == ([5, 6, 7], 5, False)


def test_a_gap_or_an_unknown_change_needs_a_query():
    assert polled(0) is None
    assert polled(0, said(2)) is None
    assert polled(0, said(2), said(1)) is None
    assert polled(2, said(2), said(3)) is None
    assert polled(0, said(1), None) is None


def test_a_reader_is_woken_and_waits_again():
    async def read():
        with pubsub.subscribe(CONVERSATION) as subscriber:
            pubsub.publish(CONVERSATION)
            first = await woken(subscriber)
            subscriber.poll(0)
            return first, await woken(subscriber)

    assert asyncio.run(read()) == (True, False)


def test_a_reader_whose_client_disconnects_as_updates_arrive_is_removed():
    async def leave():
        with pubsub.subscribe(CONVERSATION) as subscriber:
            waiting = asyncio.create_task(subscriber.wait(10))
            await asyncio.sleep(0)
            pubsub.publish(CONVERSATION)
            waiting.cancel()
            await asyncio.wait({waiting})
            return waiting.cancelled()

    assert asyncio.run(leave())


def notified_by_another_process(payload):
    """Whether this reader polls the database again."""
    with pubsub.subscribe(CONVERSATION) as subscriber:
        pg_notify._deliver(payload)
        return asyncio.run(woken(subscriber))


def test_notifications_of_other_processes_count_whatever_their_release_but_not_the_own_ones():
    assert notified_by_another_process(CONVERSATION.hex)
    assert notified_by_another_process(f"{CONVERSATION.hex} another")
    assert notified_by_another_process(f"{CONVERSATION.hex} {pg_notify.NO_WORKER}")
    assert not notified_by_another_process(f"{CONVERSATION.hex} {pubsub.WORKER}")


def test_a_reader_that_never_polls_uses_bounded_memory():
    with pubsub.subscribe(CONVERSATION) as subscriber:
        for seq in range(1, 10_000):
            pubsub.publish(CONVERSATION, said(seq))
            assert len(subscriber._queue) <= pubsub.MAX_QUEUED
        assert subscriber.poll(0) is None, "it reads the database instead"
        pubsub.publish(CONVERSATION, said(10_000))
        assert subscriber.poll(9_999)
