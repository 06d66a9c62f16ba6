"""From a stored message to its stored answer: one at a time for a conversation, whatever dies in between.

A conversation is served by the process that holds its lease. What is owed is found in the database, at start and every
second, so that nothing depends on the process that took the message in.
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

from django.db import DatabaseError

from chat import conversations, hub, leases, metrics, sentences
from chat.bot import Bot, BotAway, BotFailed
from chat.conversations import Reply
from chat.models import Message
from chat.stored import stored
from shop import clock

TROUBLE_AFTER = timedelta(seconds=4)
SWEEP_SECONDS = 1.0
# Asked so often, the bot will not handle this message any better.
MAX_FAULTS = 3
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 1.0
# So many messages are with the bot at once; the others wait for their turn here.
AT_ONCE = 32

logger = logging.getLogger(__name__)


class Dispatcher:
    """Serves what is owed, until it is cancelled."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._serving: set[uuid.UUID] = set()
        self._woken: set[uuid.UUID] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        sweeps = [asyncio.create_task(self._sweep(look)) for look in (self._wake_owed, self._forget_erased)]
        try:
            while True:
                posted = await hub.posted.get()
                self._wake(posted.conversation, posted.claimed)
        finally:
            for task in (*sweeps, *self._tasks):
                task.cancel()

    def _wake(self, conversation: uuid.UUID, claimed: Message | None = None) -> None:
        self._woken.add(conversation)
        if conversation not in self._serving:
            self._serving.add(conversation)
            task = asyncio.create_task(self._serve(conversation, claimed))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _sweep(self, look: Callable[[], Awaitable[None]]) -> None:
        """Look again and again; a sentence in the log when a fault begins, not at each look."""
        fault = ""
        while True:
            try:
                await look()
                fault = ""
            except Exception as found:  # nothing may end a sweep: what is owed depends on it
                if type(found).__name__ != fault:
                    logger.warning("a sweep waits: %s", fault := type(found).__name__)
            await asyncio.sleep(SWEEP_SECONDS)

    async def _wake_owed(self) -> None:
        for conversation in await stored(leases.claim_unattended)(hub.WORKER):
            self._wake(conversation)

    async def _forget_erased(self) -> None:
        """Erase in the bot's memory what customers erased here; who does not succeed now is tried again."""
        for erased in await stored(leases.to_forget)():
            with suppress(BotAway, BotFailed):
                await self._bot.forget(erased)
                await stored(leases.forgotten)(erased.id)

    async def _serve(self, conversation: uuid.UUID, claimed: Message | None) -> None:
        try:
            while conversation in self._woken:
                self._woken.discard(conversation)
                await self._serve_all(conversation, claimed)
                claimed = None
        except Exception as fault:  # the sweep finds what is still owed
            logger.error("a conversation was left to the next sweep: %s", type(fault).__name__)
        finally:
            self._serving.discard(conversation)

    async def _serve_all(self, conversation: uuid.UUID, claimed: Message | None) -> None:
        try:
            while message := claimed or await stored(leases.claim)(conversation, hub.WORKER):
                claimed = None
                if await self._serve_one(message):
                    return
        except BaseException:
            # Others may go on with it at once; a process that dies leaves it when the lease ends.
            await stored(leases.release)(conversation, hub.WORKER)
            raise

    async def _serve_one(self, message: Message) -> bool:
        """Have it answered; True when nothing more is owed, and the answer has released the lease."""
        asking = asyncio.create_task(self._ask(message))
        lost = asyncio.create_task(self._keep_lease(message))
        trouble = asyncio.create_task(self._tell_trouble(message))
        try:
            # A process that lost its lease stops: another one asks now.
            await asyncio.wait({asking, lost}, return_when=asyncio.FIRST_COMPLETED)
            replies = asking.result() if asking.done() else None
        finally:
            for task in (asking, lost, trouble):
                task.cancel()
        if replies is None:
            return False
        answered = await stored(conversations.answer)(message, replies)
        if answered is None:
            return False
        metrics.count_answer(message.at)
        hub.announce(message.conversation_id)
        return not answered.is_owed

    async def _ask(self, message: Message) -> list[Reply] | None:
        """The bot's replies, however long it takes; None when nobody waits for them any more."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                return await self._reply(message)
            except BotAway as away:
                metrics.away.inc()
                logger.warning("the bot is away: %s", away)
            except BotFailed as failed:
                metrics.failed.inc()
                logger.error("the bot failed at a message: %s", failed)
                if await stored(leases.count_fault)(message) >= MAX_FAULTS:
                    return [_plain(sentences.FAILED)]
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            if await stored(leases.next_owed)(message.conversation_id) != message:
                return None

    async def _reply(self, message: Message) -> list[Reply] | None:
        waits = self._slots.locked()
        async with self._slots:
            # Erased while it waited: the bot must not hear of it any more.
            if waits and await stored(leases.next_owed)(message.conversation_id) != message:
                return None
            return await self._bot.replies_to(message)

    async def _tell_trouble(self, message: Message) -> None:
        # The clock may have been put back since. What waited for a dead process is late, but may be answered at once.
        late = min(message.at + TROUBLE_AFTER - clock.now(), TROUBLE_AFTER)
        await asyncio.sleep(max(late.total_seconds(), 1.0))
        while True:
            with suppress(DatabaseError):
                if await stored(conversations.tell_trouble)(message, _plain(sentences.LATE)):
                    metrics.late.inc()
                    hub.announce(message.conversation_id)
                return
            await asyncio.sleep(SWEEP_SECONDS)

    async def _keep_lease(self, message: Message) -> None:
        """Returns when the lease is lost; a database that is away for a moment does not lose it."""
        while True:
            await asyncio.sleep(leases.LEASE.total_seconds() / 3)
            with suppress(DatabaseError):
                if not await stored(leases.take)(message.conversation_id, hub.WORKER):
                    return


def _plain(text: str) -> Reply:
    return {"text": text, "buttons": [], "card": None}
