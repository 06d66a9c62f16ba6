"""The indexer: a task of the web process that brings changed conversations up to date in the console's tables.

Every write to a conversation marks it (`Conversation.unindexed`) in its own transaction, so nothing has to be compared,
and nothing is lost when a process dies: the mark goes with the transaction that indexed it.
"""

import asyncio
import logging
import uuid

from django.conf import settings
from django.db import DatabaseError, transaction
from prometheus_client import Counter, Gauge

from chat.models import Conversation
from console.indexing import outcome
from console.indexing.threads import refresh
from console.models import Outcome, Thread
from console.privacy.traces import overwrite
from shop import clock
from shop.database import DatabaseThreads

# Conversations a pass: a few hundred milliseconds of one thread at most.
BATCH = 25

indexed = Counter("console_conversations_indexed", "Conversations that were brought up to date in the console")
waiting = Gauge("console_conversations_waiting", "Changed conversations that the console has not read yet")
_in_thread = DatabaseThreads("console", 1, timeout=60)

logger = logging.getLogger("console")


class Indexer:
    """One pass after the other. Several processes may run one: a row is indexed by whoever locks it."""

    def __init__(self) -> None:
        self._erased = False
        # A conversation that cannot be read, and the length it had: it is tried again when it grows.
        self._failed: dict[uuid.UUID, int] = {}

    async def run(self) -> None:
        """Until cancelled. A database that is unavailable is tried again."""
        fault = ""
        while True:
            try:
                full = await _in_thread(self.run_once)() >= BATCH
                fault = ""
            except DatabaseError as found:
                full = False
                if type(found).__name__ != fault:
                    logger.warning("the console's index waits: %s", fault := type(found).__name__)
            # Short while there is a backlog, so that customers' writes get in between.
            await asyncio.sleep(settings.CONSOLE_INDEX_SECONDS / 10 if full else settings.CONSOLE_INDEX_SECONDS)

    def run_once(self) -> int:
        """Index up to BATCH changed conversations; how many. Raises DatabaseError."""
        _mark_quiet()
        changed = Conversation.objects.filter(unindexed=True)
        pending = list(changed.values_list("pk", "last_seq").order_by("pk")[: BATCH + len(self._failed)])
        todo = [(pk, length) for pk, length in pending if self._failed.get(pk) != length][:BATCH]
        for pk, length in todo:
            self._index(pk, length)
        waiting.set(changed.count())
        transaction.on_commit(self._overwrite)
        return len(todo)

    def _overwrite(self) -> None:
        """Overwrite what an erased conversation left in SQLite's files; while a reader blocks it, each pass retries."""
        if self._erased and overwrite():
            self._erased = False

    def _index(self, pk: uuid.UUID, length: int) -> None:
        try:
            with transaction.atomic():
                # Locked rows are skipped: another process indexes them, or their customer writes.
                chat = Conversation.objects.select_for_update(skip_locked=True).filter(pk=pk, unindexed=True).first()
                if chat is None:
                    return
                self._erased |= refresh(chat)
                Conversation.objects.filter(pk=pk).update(unindexed=False)
        except DatabaseError:
            raise
        except Exception as fault:  # one conversation that cannot be read stops no other
            self._failed[pk] = length
            logger.error("conversation %s cannot be indexed: %s", pk, type(fault).__name__)
        else:
            self._failed.pop(pk, None)
            indexed.inc()


def index_all() -> int:
    """Index everything that is marked, for commands and tests; how many conversations."""
    indexer, total = Indexer(), 0
    while count := indexer.run_once():
        total += count
    return total


def _mark_quiet() -> None:
    """Mark conversations that are over by now: their outcome is decided by the time since the last message."""
    quiet = Thread.objects.filter(outcome=Outcome.ONGOING, last_at__lt=clock.now() - outcome.QUIET)
    if ids := list(quiet.values_list("chat", flat=True)[:BATCH]):
        Conversation.objects.filter(pk__in=ids).update(unindexed=True)
