"""Dispatches pending messages to the bot, one at a time per conversation, even if processes are killed.

The process with a conversation's lease serves it. Pending messages are found in the database, at the start and every
second, so nothing depends on the process that stored them.
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress

from django.conf import settings

from chat import leases, metrics, pubsub, redaction, takeover
from chat.answer_worker import AnswerWorker
from chat.bot import Bot, BotFailed, BotUnavailable
from chat.db_threads import db_lease, db_write
from chat.models import Message

# Number of sweeps in the duration of a lease. Sweeps renew the leases, so a lease survives two failed renewals.
SWEEPS_PER_LEASE = 3
# Maximum number of conversations that this process serves at once. Others stay pending in the database, until a sweep
# of any process claims them.
MAX_SERVED = 1000

logger = logging.getLogger(__name__)


class Dispatcher:
    """Serves pending messages until it is cancelled."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._worker = AnswerWorker(bot)
        self._serving: set[uuid.UUID] = set()
        self._woken: set[uuid.UUID] = set()
        self._held: set[uuid.UUID] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        steps = (self._renew_leases, self._wake_pending, self._erase_in_bot, self._redact, self._release_stale)
        sweeps = [asyncio.create_task(self._sweep(step)) for step in steps]
        try:
            while True:
                posted = await pubsub.posted.get()
                self._wake(posted.conversation, posted.claimed)
        finally:
            for task in (*sweeps, *self._tasks):
                task.cancel()

    def _wake(self, conversation: uuid.UUID, claimed: Message | None = None) -> None:
        if self._capacity() == 0 and conversation not in self._serving:
            return
        self._woken.add(conversation)
        if conversation not in self._serving:
            self._serving.add(conversation)
            task = asyncio.create_task(self._serve(conversation, claimed))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _sweep(self, step: Callable[[], Awaitable[None]]) -> None:
        """Repeat `step` periodically. Log only the first of a series of equal errors."""
        fault = ""
        while True:
            try:
                await step()
                fault = ""
            except Exception as found:  # no error may end the loop: pending messages depend on it
                if type(found).__name__ != fault:
                    logger.warning("a sweep failed, and is retried: %s", fault := type(found).__name__)
            await asyncio.sleep(settings.CHAT_LEASE_SECONDS / SWEEPS_PER_LEASE)

    async def _renew_leases(self) -> None:
        """Renew all leases in one query, because hundreds of messages may wait while the bot is unavailable."""
        if self._held:
            await db_lease(leases.renew)(list(self._held), pubsub.WORKER)

    async def _wake_pending(self) -> None:
        if capacity := self._capacity():
            for conversation in await db_lease(leases.claim_unattended)(pubsub.WORKER, capacity):
                self._wake(conversation)

    def _capacity(self) -> int:
        return max(0, MAX_SERVED - len(self._serving))

    async def _erase_in_bot(self) -> None:
        """Erase conversations in the bot's store that were erased here. The next sweep retries a failed one."""
        for erased in await db_write(leases.due_bot_erasures)():
            with suppress(BotUnavailable, BotFailed):
                await self._bot.erase(erased)
                await db_write(leases.mark_bot_erased)(erased.id)

    async def _redact(self) -> None:
        """Redact messages in the bot's store too, once they were redacted here. The next sweep retries a failed one."""
        for redacted in await db_write(redaction.due)():
            with suppress(BotUnavailable, BotFailed):
                await self._bot.redact(redacted)
                await db_write(redaction.mark_done)(redacted)

    async def _release_stale(self) -> None:
        """Requeue the conversations of absent agents, and end waits that have timed out."""
        for released in await db_write(takeover.release_stale)():
            pubsub.publish(released)

    async def _serve(self, conversation: uuid.UUID, claimed: Message | None) -> None:
        try:
            while conversation in self._woken:
                self._woken.discard(conversation)
                await self._serve_all(conversation, claimed)
                claimed = None
        except Exception as fault:  # the sweep finds the remaining messages
            logger.error("a conversation was not served, and the next sweep retries it: %s", type(fault).__name__)
        finally:
            self._serving.discard(conversation)

    async def _serve_all(self, conversation: uuid.UUID, claimed: Message | None) -> None:
        try:
            while message := claimed or await db_write(leases.claim)(conversation, pubsub.WORKER):
                claimed = None
                if await self._serve_one(message):
                    return
        except BaseException:
            # Release the lease, so that others can continue at once. If the process dies, the lease expires.
            await db_write(leases.release)(conversation, pubsub.WORKER)
            raise

    async def _serve_one(self, message: Message) -> bool:
        """Answer the message. True if no other message is pending: then storing the answer has released the lease."""
        self._held.add(message.conversation_id)
        try:
            answered = await self._worker.answer(message)
        finally:
            self._held.discard(message.conversation_id)
        if answered is None:
            return False
        metrics.count_answer(message.at)
        pubsub.publish(message.conversation_id, answered)
        return not answered.typing
