"""Marks the days whose kept tallies (console/tallies.py) a change makes untrue, in the transaction of the change."""

import secrets
from collections.abc import Iterable

from console.indexing.resolution import RETURN
from console.models import DayTally, Thread
from console.statistics import Period
from shop import clock


def mark(threads: Iterable[Thread]) -> None:
    """The days of these conversations have to be counted again.

    Each gets a row, also if it has none: so a process that counts the day just now waits for this transaction, or
    finds another version, and does not keep what it counted before it.
    """
    # Later days are not kept yet: most changes, those of conversations that go on, write nothing here.
    last_kept = clock.paris_date(clock.now() - RETURN)
    periods = [Period(clock.paris_date(one.started_at), clock.paris_date(one.last_at)) for one in threads]
    days = {day for period in periods for day in period.days}
    rows = [DayTally(day=day, version=secrets.token_hex(8)) for day in sorted(days) if day <= last_kept]
    DayTally.objects.bulk_create(rows, update_conflicts=True, unique_fields=["day"], update_fields=["tally", "version"])
