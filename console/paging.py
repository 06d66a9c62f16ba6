"""Keyset pagination of the conversation list: every page costs the same, and no row is shown twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from console import explain, flags
from console.models import Facet, FacetKind, Thread

SIZE = 50
# Beyond this, the pages show « plus de 1 000 ».
MAX_COUNT = 1_000
NEWEST = ("-started_at", "-id")


@dataclass(frozen=True)
class Page:
    threads: Sequence[Thread]  # with their tags as `tag_list`, their open flags, and the known names in them
    following: str  # the key of the next page; "" on the last page
    count: int  # the rows from this page on, counted up to MAX_COUNT + 1


def page(threads: QuerySet[Thread], after: str) -> Page:
    """The page after the key `after` ("" or an invalid key: the first page).

    The first query reads ids from an index alone, up to MAX_COUNT + 1, for the count; the second reads the rows of this
    page.
    """
    ids = list(older(threads.values_list("pk", flat=True), _position(after)).order_by(*NEWEST)[: MAX_COUNT + 1])
    tags = Prefetch("facets", Facet.objects.filter(kind=FacetKind.TAG), to_attr="tag_list")
    open_ones = Prefetch("flags", flags.open_flags().select_related("assigned_to"), to_attr="open_flags")
    rows = list(Thread.objects.filter(pk__in=ids[:SIZE]).prefetch_related(tags, open_ones).order_by(*NEWEST))
    names = explain.names_of(ids[:SIZE])
    for row in rows:
        row.names = names[row.pk]
    return Page(rows, key(rows[-1]) if len(ids) > SIZE else "", len(ids))


def key(thread: Thread) -> str:
    return f"{thread.started_at.isoformat()}_{thread.pk}"


def neighbours(threads: QuerySet[Thread], thread: Thread) -> tuple[int | None, int | None]:
    """(number of the previous conversation in the list, number of the next)."""
    place, ids = (thread.started_at, thread.pk), threads.values_list("pk", flat=True)
    newer = ids.filter(started_at__gte=place[0]).exclude(started_at=place[0], pk__lte=place[1])
    return newer.order_by("started_at", "id").first(), following(threads, thread).first()


def following(threads: QuerySet[Thread], thread: Thread) -> QuerySet[Thread, int]:
    """The numbers of the conversations after this one, in the list's order."""
    return older(threads.values_list("pk", flat=True), (thread.started_at, thread.pk)).order_by(*NEWEST)


def older(ids: QuerySet[Any, int], place: tuple[datetime, int] | None) -> QuerySet[Any, int]:
    if place is None:
        return ids
    # The first condition is redundant, but lets the database seek in the index.
    return ids.filter(started_at__lte=place[0]).exclude(started_at=place[0], pk__gte=place[1])


def _position(after: str) -> tuple[datetime, int] | None:
    moment, _, number = after.rpartition("_")
    try:
        at = datetime.fromisoformat(moment)
        return (at, int(number)) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def count_up_to(threads: QuerySet[Any], most: int) -> int:
    """Count the rows, up to `most`."""
    return threads.order_by()[:most].count()
