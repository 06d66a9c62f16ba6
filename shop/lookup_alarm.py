"""The alarm about failed look-ups, which suggest that somebody guesses numbers or e-mails (limits: shop/access.py)."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

from django.conf import settings

from shop import clock
from shop.access import KEPT, TARGETED
from shop.models import FailedLookup
from shop.rate_limit import Limit

# Only this many of the latest failures are read, to limit the work. If there are more, these are enough for the alarm.
MAX_ROWS = 2000


def failures() -> int:
    """How many look-ups failed within the period of LOOKUP_LIMIT_ALL."""
    return FailedLookup.objects.filter(at__gt=clock.now() - Limit.parse(settings.LOOKUP_LIMIT_ALL).period).count()


def reached() -> dict[str, datetime | None]:
    """When each limit was last reached, or None if not within a day: per address, per number or e-mail, and in all."""
    recent = FailedLookup.objects.filter(at__gt=clock.now() - KEPT).order_by("-at")
    rows = list(recent[: max(MAX_ROWS, Limit.parse(settings.LOOKUP_LIMIT_ALL).count)])
    targeted = [
        _last_reached(rows, TARGETED, lambda row: row.number),
        _last_reached(rows, TARGETED, lambda row: row.email),
    ]
    return {
        "address": _last_reached(rows, Limit.parse(settings.LOOKUP_LIMIT_ADDRESS), lambda row: row.address),
        "target": max(filter(None, targeted), default=None),
        "all": _last_reached(rows, Limit.parse(settings.LOOKUP_LIMIT_ALL), lambda row: "all"),
    }


def _last_reached(rows: list[FailedLookup], limit: Limit, value: Callable[[FailedLookup], str]) -> datetime | None:
    """When failures with the same value last reached the limit; `rows` are in descending order of time."""
    times: dict[str, list[datetime]] = defaultdict(list)
    for row in rows:
        if value(row):
            times[value(row)].append(row.at)
    full = (
        newest
        for moments in times.values()
        for newest, oldest in zip(moments, moments[limit.count - 1 :], strict=False)
        if newest - oldest < limit.period
    )
    return max(full, default=None)
