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
from functools import wraps
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import DatabaseError, close_old_connections

from chat import conversations, hub, leases, sentences
from chat.bot import Bot, BotAway, BotFailed
from chat.conversations import Reply
from chat.models import Message
from shop import clock

TROUBLE_AFTER = timedelta(seconds=5)
SWEEP_SECONDS = 1.0
# Asked so often, the bot will not handle this message any better.
MAX_FAULTS = 3
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 2.0
# So many messages are with the bot at once; the others wait for their turn here.
AT_ONCE = 32

logger = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")


def stored(function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """The function off the event loop, on a database connection that lives.

    On the loop's few shared threads: a thread and a connection for each open stream would use up the database's.
    """

    @wraps(function)
    def fresh(*args: P.args, **kwargs: P.kwargs) -> T:
        close_old_connections()
        return function(*args, **kwargs)

    return sync_to_async(fresh, thread_sensitive=False)


class Dispatcher:
    """Serves what is owed, until it is cancelled."""

    def __init__(self, bot: Bot) -> None:
        self.worker = uuid.uuid4().hex
        self._bot = bot
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._serving: set[uuid.UUID] = set()
        self._woken: set[uuid.UUID] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        sweeps = [asyncio.create_task(self._sweep(look)) for look in (self._wake_owed, self._forget_erased)]
        try:
            while True:
                self._wake(await hub.owed.get())
        finally:
            for task in (*sweeps, *self._tasks):
                task.cancel()

    def _wake(self, conversation: uuid.UUID) -> None:
        self._woken.add(conversation)
        if conversation not in self._serving:
            self._serving.add(conversation)
            task = asyncio.create_task(self._serve(conversation))
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
        for conversation in await stored(leases.unattended)():
            self._wake(conversation)

    async def _forget_erased(self) -> None:
        """Erase in the bot's memory what customers erased here; who does not succeed now is tried again."""
        for erased in await stored(leases.to_forget)():
            with suppress(BotAway, BotFailed):
                await self._bot.forget(erased)
                await stored(leases.forgotten)(erased.id)

    async def _serve(self, conversation: uuid.UUID) -> None:
        try:
            while conversation in self._woken:
                self._woken.discard(conversation)
                await self._serve_all(conversation)
        except Exception as fault:  # the sweep finds what is still owed
            logger.error("a conversation was left to the next sweep: %s", type(fault).__name__)
        finally:
            self._serving.discard(conversation)

    async def _serve_all(self, conversation: uuid.UUID) -> None:
        try:
            while await stored(leases.take)(conversation, self.worker):
                message = await stored(leases.next_owed)(conversation)
                if message is None:
                    break
                await self._serve_one(message)
        finally:
            await stored(leases.release)(conversation, self.worker)

    async def _serve_one(self, message: Message) -> None:
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
        if replies is not None and await stored(conversations.answer)(message, replies):
            hub.announce(message.conversation_id)

    async def _ask(self, message: Message) -> list[Reply] | None:
        """The bot's replies, however long it takes; None when nobody waits for them any more."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                return await self._reply(message)
            except BotAway as away:
                logger.warning("the bot is away: %s", away)
            except BotFailed as failed:
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
        late = message.at + TROUBLE_AFTER - clock.now()
        # A message that waited for a dead process is late already, but its answer may come at once.
        await asyncio.sleep(max(late.total_seconds(), 1.0))
        while True:
            with suppress(DatabaseError):
                if await stored(conversations.tell_trouble)(message, _plain(sentences.LATE)):
                    hub.announce(message.conversation_id)
                return
            await asyncio.sleep(SWEEP_SECONDS)

    async def _keep_lease(self, message: Message) -> None:
        """Returns when the lease is lost; a database that is away for a moment does not lose it."""
        while True:
            await asyncio.sleep(leases.LEASE.total_seconds() / 3)
            with suppress(DatabaseError):
                if not await stored(leases.take)(message.conversation_id, self.worker):
                    return


def _plain(text: str) -> Reply:
    return {"text": text, "buttons": [], "card": None}
