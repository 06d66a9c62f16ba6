"""Invalidates stored aggregates (console/daily_aggregates.py) in the transaction of a change."""

import secrets
from collections.abc import Iterable

from console.indexing.resolution import RETURN
from console.models import DayTally, Thread
from console.statistics import Period
from shop import clock


def mark(threads: Iterable[Thread]) -> None:
    """Invalidate the aggregates of these conversations' days.

    Each day gets a row with a new version. So a process that is computing the day waits for this transaction, or finds
    another version and discards its result.
    """
    # Later days are not stored yet, so most changes, those of ongoing conversations, write nothing here.
    last_final = clock.paris_date(clock.now() - RETURN)
    periods = [Period(clock.paris_date(one.started_at), clock.paris_date(one.last_at)) for one in threads]
    days = {day for period in periods for day in period.days}
    rows = [DayTally(day=day, version=secrets.token_hex(8)) for day in sorted(days) if day <= last_final]
    DayTally.objects.bulk_create(rows, update_conflicts=True, unique_fields=["day"], update_fields=["tally", "version"])
