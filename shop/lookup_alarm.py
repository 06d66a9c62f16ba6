"""The alarm about failed look-ups: somebody seems to try numbers or addresses (shop/access.py has the limits)."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

from django.conf import settings

from shop import clock
from shop.access import KEPT, TARGETED
from shop.models import FailedLookup
from shop.rate_limit import Limit

# Bounds the work during a flood, whose latest failures alone raise the alarm.
READ = 2000


def failures() -> int:
    """How many look-ups failed within the period of LOOKUP_LIMIT_ALL."""
    return FailedLookup.objects.filter(at__gt=clock.now() - Limit.parse(settings.LOOKUP_LIMIT_ALL).period).count()


def reached() -> dict[str, datetime | None]:
    """When each limit was last reached within a day: of one address, for one number or e-mail, and of everybody."""
    recent = FailedLookup.objects.filter(at__gt=clock.now() - KEPT).order_by("-at")
    rows = list(recent[: max(READ, Limit.parse(settings.LOOKUP_LIMIT_ALL).count)])
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
