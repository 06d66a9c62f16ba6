"""The worker: finds the conversations in which something is new, and brings them up to date.

Two sources, each with a cursor that is kept in the database: Rasa's events by id, and `chat`'s messages by id, with
its ratings and erasures by time. Ids are handed out before they are committed, so what is young below each cursor is
read again; reading a row twice changes nothing, since everything is stored under the id of its source.
"""

import math
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone

from django.db import DatabaseError, connection, transaction
from django.db.models import F, Max

from chat.models import Conversation
from console.models import Cursor, Erasure, Outcome, Thread
from console.privacy.traces import overwrite
from console.sync import outcome, window
from console.sync.threads import refresh, set_aside
from console.sync.window import Row
from shop import clock

# What is not committed after so long, while rows with higher ids were, is not looked for any more.
LATE = timedelta(seconds=60)
# Every so often a pass looks back over all of that time, not over the last rows only; and the cursors are written, with
# nothing to do as well, for the page « État » to see that the worker lives.
ROUND_SECONDS = 5.0
CONVERSATIONS_AT_ONCE = 25
# SQLite lets one write at a time, and who waits for it looks again every tenth of a second: so long, the chat is let in
# between two batches.
LET_IN_SECONDS = 0.25


class Worker:
    """One pass after the other. What it remembers between them only spares it work.

    `complete`: whether the last one took all that there was, and left nothing for the next one.
    """

    def __init__(
        self, copied: Callable[[int], None] = lambda conversations: None, moved: Callable[[], None] = lambda: None
    ) -> None:
        """`moved` is called after each conversation; `copied` is told how many were in a batch that is stored."""
        self.complete = False
        self._copied, self._moved = copied, moved
        self._seen: dict[str, set[Row]] = {"rasa": set(), "chat": set()}
        self._round_begun = -math.inf
        self._erased, self._receipt = False, 0

    def run_once(self) -> int:
        """Copy what is new; how many conversations were touched. Raises DatabaseError when a database is away."""
        begun, ticks = clock.now(), time.monotonic()
        due = ticks - self._round_begun > ROUND_SECONDS
        read = {source: window.read(source, begun - LATE, window.STEPS if due else 1) for source in self._seen}
        new = {source: self._new(source, rows) for source, rows in read.items()}
        touched: dict[str, int | None] = {}
        for pk, sender in new["rasa"]:
            touched.setdefault(sender, pk)
        for sender in [*(key.hex for _, key in new["chat"]), *_rated_or_erased(), *_gone_quiet()]:
            touched.setdefault(sender, None)
        for number, batch in enumerate(_batches(list(touched.items()))):
            if number and connection.vendor == "sqlite":
                time.sleep(LET_IN_SECONDS)
            self._erased |= self._refresh_all(batch)
            self._copied(len(batch))
        # Only after the work: a worker that fails or dies before reads the same rows again.
        self._remember(read, whole=due)
        if touched or due:
            self._keep_cursors(begun)
        if due:
            self._round_begun = ticks
            transaction.on_commit(self._overwrite)
        self.complete = all(len(rows) < window.BATCH for rows in new.values())
        return len(touched)

    def _overwrite(self) -> None:
        """What customers or the console erased since; as long as somebody reads, the next round tries again."""
        receipt = Erasure.objects.aggregate(last=Max("pk"))["last"] or 0
        if (self._erased or receipt != self._receipt) and overwrite():
            self._erased, self._receipt = False, receipt

    def _refresh_all(self, batch: list[tuple[str, int | None]]) -> bool:
        """Several in one transaction, for speed; one that fails is set aside alone. True when the copy of one went."""
        erased = False
        with transaction.atomic():
            for sender, first_event in batch:
                try:
                    with transaction.atomic():
                        erased |= refresh(sender, first_event)
                except DatabaseError:
                    raise
                except Exception as fault:  # whatever is wrong with one conversation, the others are copied
                    set_aside(sender, 0, f"conversation\u00a0: {type(fault).__name__}")
                self._moved()
        return erased

    def _new(self, source: str, rows: list[Row]) -> list[Row]:
        return [row for row in rows if row not in self._seen[source]]

    def _remember(self, read: dict[str, list[Row]], whole: bool) -> None:
        """What was read; where that was the whole window, all else is forgotten."""
        for source, rows in read.items():
            self._seen[source] = set(rows) if whole else self._seen[source].union(rows)

    def _keep_cursors(self, begun: datetime) -> None:
        positions = {source: max((pk for pk, _ in seen), default=0) for source, seen in self._seen.items()}
        positions["changes"] = int(begun.timestamp() * 1000)
        for source, reached in positions.items():
            Cursor.objects.update_or_create(source=source, defaults={"position": reached})


def _rated_or_erased() -> list[str]:
    since = datetime.fromtimestamp(window.position("changes") / 1000, tz=timezone.utc) - LATE
    changed = Conversation.objects.filter(changed_at__gte=since).values_list("pk", flat=True)
    stale = Thread.objects.filter(chat__in=list(changed)).exclude(
        chat__erased_at=None, helpful=F("chat__helpful"), comment=F("chat__comment")
    )
    return list(stale.values_list("sender", flat=True))


def _gone_quiet() -> list[str]:
    quiet = Thread.objects.filter(outcome=Outcome.ONGOING, last_at__lt=clock.now() - outcome.QUIET)
    return list(quiet.values_list("sender", flat=True)[: window.BATCH])


def _batches(touched: list[tuple[str, int | None]]) -> Iterable[list[tuple[str, int | None]]]:
    for start in range(0, len(touched), CONVERSATIONS_AT_ONCE):
        yield touched[start : start + CONVERSATIONS_AT_ONCE]
