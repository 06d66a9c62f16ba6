"""What each day adds up to, for the statistics: kept once a day is settled, counted anew until then.

A day is settled when all its conversations ended 72 hours ago: until then its figures change with the time. The indexer
keeps settled days (`keep`). Whatever changes one of their conversations marks its days in the same transaction
(console/indexing/changed_days.py), and a page counts a day that is not kept itself: so it reads a few rows for each
day, however many conversations there are, and never an old figure.
"""

import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Any

from django.db.models import Q

from console import automation, statistics, team_statistics
from console.indexing.resolution import RETURN
from console.models import DayTally, Outcome, Thread
from console.statistics import Period, within
from shop import clock

# Days kept by one pass of the indexer, which must not take long.
A_PASS = 5
# How far back statistics are asked for; older days are counted when somebody does.
MAX_DAYS = 800
_PARTS = {"figures": statistics.tally, "automation": automation.tally, "team": team_statistics.tally}


def of(period: Period) -> dict[str, dict[date, Any]]:
    """{part: {day: what its module counted}}, for the period's days in their order."""
    kept = dict(_kept(period.first, period.last).values_list("day", "tally"))
    missing = [day for day in period.days if day not in kept]
    kept |= _counted(missing)
    return {part: {day: kept[day][part] for day in period.days} for part in _PARTS}


def _counted(days: Sequence[date]) -> dict[date, dict[str, Any]]:
    """{day: {part: what its module counts}}; the days are in order."""
    if not days:
        return {}
    parts = {part: tally(days) for part, tally in _PARTS.items()}
    return {day: {part: found[day] for part, found in parts.items()} for day in days}


def keep() -> int:
    """Keep the latest A_PASS settled days that are not kept yet; return how many. Several processes may do so."""
    versions = {day: secrets.token_hex(8) for day in _to_keep()}
    for day, version in versions.items():
        # First the row, then the figures: whatever changes them from now on gives the row another version.
        DayTally.objects.update_or_create(day=day, defaults={"tally": None, "version": version})
    for day, tally in _counted(list(versions)).items():
        DayTally.objects.filter(day=day, version=versions[day]).update(tally=tally)
    return len(versions)


def _to_keep() -> list[date]:
    """In their order."""
    first = Thread.objects.order_by("started_at").values_list("started_at", flat=True).first()
    last = clock.paris_date(clock.now() - RETURN) - timedelta(days=1)
    if first is None or clock.paris_date(first) > last:
        return []
    begin = max(clock.paris_date(first), last - timedelta(days=MAX_DAYS))
    kept = set(_kept(begin, last).values_list("day", flat=True))
    missing = (day for day in reversed(Period(begin, last).days) if day not in kept and _is_settled(day))
    return sorted(islice(missing, A_PASS))


def _is_settled(day: date) -> bool:
    unsettled = Q(outcome=Outcome.ONGOING) | Q(last_at__gt=clock.now() - RETURN)
    return not Thread.objects.filter(within("started_at", [day])).filter(unsettled).exists()


def _kept(first: date, last: date) -> Any:
    return DayTally.objects.filter(day__gte=first, day__lte=last, tally__isnull=False)
