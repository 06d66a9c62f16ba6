"""Gets the bot's answer and stores it, with retries; sends a delay notice if that takes long."""

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, DataError, IntegrityError

from chat import conversations, leases, metrics, photos, pubsub, redaction, rows, system_messages
from chat.bot import Bot, BotFailed, BotUnavailable
from chat.db_threads import db_read, db_write
from chat.models import Message
from chat.rows import Answer
from chat.updates import Updates
from shop import clock

NOTICE_RETRY_SECONDS = 1.0
# Minimum wait before the notice. A message may already be late when this process takes it over, and its answer may
# arrive before the notice.
MIN_NOTICE_SECONDS = 0.3
# After this many failures of the bot with a message, the customer gets an apology.
MAX_FAULTS = 3
FIRST_PAUSE_SECONDS, MAX_PAUSE_SECONDS = 0.2, 1.0
# Maximum number of messages that this process sends to the bot at once; the others wait here.
MAX_CONCURRENT = 32
# When hundreds of messages wait for an unavailable bot, their retries must not overload it.
MAX_RETRIES_PER_SECOND = 50
# Errors for replies that are incomplete or that the database rejects. They are a fault of the bot, and a retry may not
# help.
UNSTORABLE = (DataError, IntegrityError, KeyError, TypeError, ValueError)

logger = logging.getLogger(__name__)


class AnswerWorker:
    """Sends the messages of this process's conversations to the bot."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._slots = asyncio.Semaphore(MAX_CONCURRENT)
        self._in_progress = 0

    async def answer(self, message: Message) -> Updates | None:
        """Get and store the answer. None if another process answers the message, or it needs no answer any more.

        Raises DatabaseError if the answer cannot be stored now.
        """
        delay_notice = asyncio.create_task(_send_delay_notice(message))
        self._in_progress += 1
        try:
            return await self._answer_with_retries(message)
        finally:
            self._in_progress -= 1
            delay_notice.cancel()

    async def _answer_with_retries(self, message: Message) -> Updates | None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                answer = await self._get_answer(message)
                return None if answer is None else await db_write(conversations.answer)(message, answer)
            except BotUnavailable as fault:
                metrics.unavailable.inc()
                logger.warning("the bot is unavailable: %s", fault)
            except (BotFailed, *UNSTORABLE) as fault:
                metrics.failed.inc()
                logger.error("the bot failed at a message: %s", fault if isinstance(fault, BotFailed) else type(fault))
                if await db_write(leases.count_fault)(message) >= MAX_FAULTS:
                    failed: Answer = {"replies": [rows.plain(system_messages.FAILED)], "explanation": None}
                    return await db_write(conversations.answer)(message, failed)
            await asyncio.sleep(pause)
            pause = min(pause * 2, max(MAX_PAUSE_SECONDS, self._in_progress / MAX_RETRIES_PER_SECOND))
            if not await db_write(leases.is_mine)(message, pubsub.WORKER):
                return None

    async def _get_answer(self, message: Message) -> Answer | None:
        if photos.concerns(message):
            return await db_read(photos.answer)(message)
        waits = self._slots.locked()
        async with self._slots:
            # The message may have been erased while it waited; then the bot must not receive it.
            if waits and not await db_write(leases.is_mine)(message, pubsub.WORKER):
                return None
            if redaction.is_due(message.conversation):  # the bot must not use the replaced text
                await self._bot.redact(message.conversation)
                await db_write(redaction.mark_done)(message.conversation)
            return await self._bot.answer(message)


async def _send_delay_notice(message: Message) -> None:
    after = timedelta(seconds=settings.CHAT_DELAY_NOTICE_SECONDS)
    # Limited, because the clock may have been set back since.
    left = min(message.at + after - clock.now(), after)
    await asyncio.sleep(max(left.total_seconds(), MIN_NOTICE_SECONDS))
    while True:
        with suppress(DatabaseError):
            if await db_write(conversations.add_delay_notice)(message, rows.plain(system_messages.LATE)):
                metrics.late.inc()
                pubsub.publish(message.conversation_id)
            return
        await asyncio.sleep(NOTICE_RETRY_SECONDS)
