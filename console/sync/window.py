"""What is read of a source: the new rows above its cursor, and once more the young ones below.

Ids are handed out before they are committed: a row may appear below the cursor. How old it is tells the time that it
bears; an event's is of its turn, that of the turn's last event of its end, when all of them are stored.
"""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from chat.models import Message
from console.models import Cursor
from console.sync.events import ALIAS, RasaEvent

# New rows that are taken at once.
BATCH = 5_000
# Rows are looked back at in steps, by the primary key, and in not more than so many (a minute of sixty messages a
# second): where the clock was put back, all that an hour brought looks young.
STEP, STEPS = 500, 100

# Its id and its conversation: SQLite gives the highest id again when its row was erased.
Row = tuple[int, Any]
Rows = QuerySet[Any, tuple[int, Any, bool]]


def position(source: str) -> int:
    return Cursor.objects.filter(source=source).values_list("position", flat=True).first() or 0


def read(source: str, since: datetime, steps: int) -> list[Row]:
    """The lowest id first; younger than `since` as far as so many steps go."""
    rows, cursor = _rows(source, since), position(source)
    new = rows.filter(pk__gt=cursor).order_by("pk")[:BATCH]
    return [*reversed(_young(rows, cursor, steps)), *((pk, key) for pk, key, _ in new)]


def _rows(source: str, since: datetime) -> Rows:
    """(id, conversation, whether it is young)"""
    if source == "rasa":
        events = RasaEvent.objects.using(ALIAS).annotate(young=Q(timestamp__gte=since.timestamp()))
        found: Rows = events.values_list("pk", "sender_id", "young")
        return found
    return Message.objects.annotate(young=Q(at__gte=since)).values_list("pk", "conversation_id", "young")


def _young(rows: Rows, cursor: int, steps: int) -> list[Row]:
    """Back from the cursor; the step that holds nothing young is read too, since what is late may be in it."""
    found: list[Row] = []
    for _ in range(steps):
        step = list(rows.filter(pk__lte=cursor).order_by("-pk")[:STEP])
        found += [(pk, key) for pk, key, _ in step]
        if not any(young for _, _, young in step):
            break
        cursor = step[-1][0] - 1
    return found
