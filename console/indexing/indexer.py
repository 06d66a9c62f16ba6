"""The indexer: a task of the web process that updates the console's tables when conversations change.

Every write to a conversation marks it (`Conversation.unindexed`) in the same transaction, and indexing it clears the
mark. So changes need no comparison to be found, and none is lost when a process dies.
"""

import asyncio
import logging
import math
import time
import uuid

from django.conf import settings
from django.db import DatabaseError, transaction
from prometheus_client import Counter, Gauge

from chat.models import Conversation, Responder
from console import answer_notices, bot_data, daily_aggregates
from console.indexing import outcome
from console.indexing.threads import forget, refresh, show_unreadable
from console.models import Outcome, Thread
from console.privacy.traces import overwrite
from shop import clock
from shop.database import DatabaseThreads

# Limits of a pass. With SQLite, indexing a conversation blocks all other writers: on a busy machine, after an upgrade
# that reindexes everything, 25 in a row could block customers' messages until they time out.
BATCH, PASS_SECONDS = 25, 0.3
# Minimum seconds between two overwrites. Each rewrites SQLite's search index, which blocks all writers for a second
# with 100,000 conversations, so customers who erase or send card numbers in pieces must not cause it more often.
OVERWRITE_SECONDS = 10

indexed = Counter("console_conversations_indexed", "Conversations that were brought up to date in the console")
waiting = Gauge("console_conversations_waiting", "Changed conversations that the console has not read yet")
_in_thread = DatabaseThreads("console", 1, timeout=60)

logger = logging.getLogger("console")


class Indexer:
    """Runs one pass after the other. Several processes may run it: the one that locks a row indexes it."""

    def __init__(self) -> None:
        # Whether erased or replaced texts may remain in SQLite's files, and when they were last overwritten.
        self._remains, self._overwritten_at = False, -math.inf
        # Conversations that could not be indexed, and their length then: retried when they grow.
        self._failed: dict[uuid.UUID, int] = {}
        self._is_behind = False

    async def run(self) -> None:
        """Run until cancelled; retry while the database is unavailable."""
        fault = ""
        while True:
            try:
                await _in_thread(self.run_once)()
                fault = ""
            except DatabaseError as found:
                self._is_behind = False
                if type(found).__name__ != fault:
                    logger.warning("the console's index failed, and is retried: %s", fault := type(found).__name__)
            # Pause during a backlog too, so that customers' writes are not blocked.
            await asyncio.sleep(settings.CONSOLE_INDEX_SECONDS / (10 if self._is_behind else 1))

    def run_once(self) -> int:
        """Index up to BATCH changed conversations for PASS_SECONDS; return how many. Raises DatabaseError."""
        begun, done = time.monotonic(), 0
        _mark_ended()
        answer_notices.end_expired()
        changed = Conversation.objects.filter(unindexed=True)
        pending = list(changed.values_list("pk", "last_seq").order_by("pk")[: BATCH + len(self._failed)])
        todo = [(pk, length) for pk, length in pending if self._failed.get(pk) != length][:BATCH]
        if todo:
            # Load these files now, which takes seconds the first time, and not later under a row lock (with SQLite: a
            # lock for all writers).
            bot_data.training_set(), bot_data.topics()
        for pk, length in todo:
            self._index(pk, length)
            done += 1
            if time.monotonic() - begun > PASS_SECONDS:
                break
        self._is_behind = done < len(todo) or done >= BATCH
        waiting.set(changed.count())
        if not self._is_behind:
            daily_aggregates.store_final()
        transaction.on_commit(self._overwrite)
        return done

    def _overwrite(self) -> None:
        """Overwrite what remains of erased and replaced texts; retried while a reader of SQLite's files blocks it."""
        now = time.monotonic()
        if self._remains and now - self._overwritten_at >= OVERWRITE_SECONDS and overwrite():
            self._remains, self._overwritten_at = False, now

    def _index(self, pk: uuid.UUID, length: int) -> None:
        try:
            with transaction.atomic():
                # Skip locked rows: another process indexes them, or their customer is writing.
                chat = Conversation.objects.select_for_update(skip_locked=True).filter(pk=pk, unindexed=True).first()
                if chat is None:
                    return
                self._remains |= chat.redaction_due is not None
                if chat.erased_at:
                    self._remains |= forget(chat)
                is_complete = bool(chat.erased_at) or refresh(chat)
                Conversation.objects.filter(pk=pk).update(unindexed=not is_complete)
        except DatabaseError:
            raise
        except Exception as fault:  # an unreadable conversation must not stop the others
            self._failed[pk] = length
            show_unreadable(Conversation.objects.get(pk=pk))
            logger.error("conversation %s cannot be indexed: %s", pk, type(fault).__name__)
        else:
            self._failed.pop(pk, None)
            indexed.inc()


def index_all() -> int:
    """Index every marked conversation, for commands and tests; return how many."""
    indexer, total = Indexer(), 0
    while count := indexer.run_once():
        total += count
    return total


def _mark_ended() -> None:
    """Mark conversations that have ended: their outcome depends on the time since the last message."""
    ongoing = Thread.objects.filter(outcome=Outcome.ONGOING, chat__responder=Responder.BOT)
    quiet = ongoing.filter(last_at__lt=clock.now() - outcome.IDLE_TIME)
    if ids := list(quiet.values_list("chat", flat=True)[:BATCH]):
        Conversation.objects.filter(pk__in=ids).update(unindexed=True)
