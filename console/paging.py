"""Pages of the list of conversations by key: a page costs the same wherever it is, and no row is shown twice."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from console.models import Thread

SIZE = 50


@dataclass(frozen=True)
class Page:
    threads: list[Thread]
    following: str  # the key of the page after it; "" at the end


def page(threads: QuerySet[Thread], after: str) -> Page:
    """The page that follows the key `after` ("" for the first; one that cannot be read is the first)."""
    rows = list(older(threads, _position(after)).order_by("-started_at", "-id")[: SIZE + 1])
    return Page(rows[:SIZE], key(rows[SIZE - 1]) if len(rows) > SIZE else "")


def key(thread: Thread) -> str:
    return f"{thread.started_at.isoformat()}_{thread.pk}"


def neighbours(threads: QuerySet[Thread], thread: Thread) -> tuple[Thread | None, Thread | None]:
    """(the one before it in the list, the one after it)."""
    place = (thread.started_at, thread.pk)
    newer = threads.filter(Q(started_at__gt=place[0]) | Q(started_at=place[0], pk__gt=place[1]))
    return newer.order_by("started_at", "id").first(), older(threads, place).order_by("-started_at", "-id").first()


def older(threads: QuerySet[Thread], place: tuple[datetime, int] | None) -> QuerySet[Thread]:
    if place is None:
        return threads
    # The first condition alone lets the index find the place.
    return threads.filter(started_at__lte=place[0]).exclude(started_at=place[0], pk__gte=place[1])


def _position(after: str) -> tuple[datetime, int] | None:
    moment, _, number = after.rpartition("_")
    try:
        at = datetime.fromisoformat(moment)
        return (at, int(number)) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def count_up_to(threads: QuerySet[Any], most: int) -> int:
    """How many there are, counted no further than `most`."""
    return threads.order_by()[:most].count()
