"""Marks the days whose kept tallies (console/tallies.py) a change makes untrue, in the transaction of the change."""

import secrets
from collections.abc import Iterable
from datetime import timedelta

from console.indexing.resolution import RETURN
from console.models import DayTally, Thread
from shop import clock

A_DAY = timedelta(days=1)


def mark(threads: Iterable[Thread]) -> None:
    """The days of these conversations have to be counted again.

    Each gets a row, also if it has none: so a process that counts the day just now waits for this transaction, or
    finds another version, and does not keep what it counted before it.
    """
    # Later days are not kept yet: most changes, those of conversations that go on, write nothing here.
    last_kept = clock.paris_date(clock.now() - RETURN)
    days = {
        first + n * A_DAY
        for thread in threads
        for first in [clock.paris_date(thread.started_at)]
        for n in range((clock.paris_date(thread.last_at) - first).days + 1)
    }
    rows = [DayTally(day=day, version=secrets.token_hex(8)) for day in sorted(days) if day <= last_kept]
    DayTally.objects.bulk_create(rows, update_conflicts=True, unique_fields=["day"], update_fields=["tally", "version"])
