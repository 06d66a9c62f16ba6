"""The worker: finds the conversations in which something is new, and brings them up to date.

Two sources, each with a cursor that is kept in the database: Rasa's events by id, and `chat`'s messages by id, with
its ratings and erasures by time. Ids are handed out before they are committed, so a window behind each cursor is read
again; reading a row twice changes nothing, since everything is stored under the id of its source.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import F, QuerySet

from chat.models import Conversation, Message
from console.models import Cursor, Outcome, Thread
from console.sync import outcome
from console.sync.events import ALIAS, RasaEvent
from console.sync.threads import refresh, set_aside
from shop import clock

# Rows behind a cursor that are looked at again, and rows that are taken at once.
WINDOW = 500
BATCH = 5_000
LATE = timedelta(seconds=60)
# With nothing to do, the cursors are written so often, for the page « État » to see that the worker lives.
ALIVE = timedelta(seconds=15)
CONVERSATIONS_AT_ONCE = 50


class Worker:
    """One pass after the other. What it remembers between them only spares it work."""

    def __init__(self) -> None:
        self._seen: dict[str, set[int]] = {"rasa": set(), "chat": set()}
        self._said_alive = datetime.min.replace(tzinfo=timezone.utc)

    def run_once(self) -> int:
        """Copy what is new; how many conversations were touched. Raises DatabaseError when a database is away."""
        begun = clock.now()
        events = _behind_cursor("rasa", RasaEvent.objects.using(ALIAS).values_list("pk", "sender_id"))
        messages = _behind_cursor("chat", Message.objects.values_list("pk", "conversation_id"))
        touched: dict[str, int | None] = {}
        for pk, sender in self._new("rasa", events):
            touched.setdefault(sender, pk)
        for sender in [*(key.hex for _, key in self._new("chat", messages)), *_rated_or_erased(), *_gone_quiet()]:
            touched.setdefault(sender, None)
        for batch in _batches(list(touched.items())):
            _refresh_all(batch)
        # Only after the work: a worker that fails or dies before reads the same rows again.
        self._seen = {"rasa": {pk for pk, _ in events}, "chat": {pk for pk, _ in messages}}
        if touched or begun - self._said_alive > ALIVE:
            self._keep_cursors(begun)
        return len(touched)

    def _new(self, source: str, rows: list[tuple[int, Any]]) -> list[tuple[int, Any]]:
        return [row for row in rows if row[0] not in self._seen[source]]

    def _keep_cursors(self, begun: datetime) -> None:
        positions = {source: max(seen, default=0) for source, seen in self._seen.items()}
        positions["changes"] = int(begun.timestamp() * 1000)
        for source, reached in positions.items():
            Cursor.objects.update_or_create(source=source, defaults={"position": reached})
        self._said_alive = begun


def _behind_cursor(source: str, rows: "QuerySet[Any, tuple[int, Any]]") -> list[tuple[int, Any]]:
    """(id, conversation) of the rows from the window behind the source's cursor on."""
    return list(rows.filter(pk__gt=position(source) - WINDOW).order_by("pk")[: BATCH + WINDOW])


def position(source: str) -> int:
    return Cursor.objects.filter(source=source).values_list("position", flat=True).first() or 0


def _rated_or_erased() -> list[str]:
    since = datetime.fromtimestamp(position("changes") / 1000, tz=timezone.utc) - LATE
    changed = Conversation.objects.filter(changed_at__gte=since).values_list("pk", flat=True)
    stale = Thread.objects.filter(chat__in=list(changed)).exclude(
        chat__erased_at=None, helpful=F("chat__helpful"), comment=F("chat__comment")
    )
    return list(stale.values_list("sender", flat=True))


def _gone_quiet() -> list[str]:
    quiet = Thread.objects.filter(outcome=Outcome.ONGOING, last_at__lt=clock.now() - outcome.QUIET)
    return list(quiet.values_list("sender", flat=True)[:BATCH])


def _batches(touched: list[tuple[str, int | None]]) -> Iterable[list[tuple[str, int | None]]]:
    for start in range(0, len(touched), CONVERSATIONS_AT_ONCE):
        yield touched[start : start + CONVERSATIONS_AT_ONCE]


def _refresh_all(batch: list[tuple[str, int | None]]) -> None:
    """Several in one transaction, for speed; one that fails is set aside alone."""
    with transaction.atomic():
        for sender, first_event in batch:
            try:
                with transaction.atomic():
                    refresh(sender, first_event)
            except DatabaseError:
                raise
            except Exception as fault:  # whatever is wrong with one conversation, the others are copied
                set_aside(sender, 0, f"conversation\u00a0: {type(fault).__name__}")
