"""What each day adds up to, for the statistics: kept once a day is settled, counted anew until then.

A day is settled when all its conversations ended 72 hours ago: until then its figures change with the time. The indexer
keeps settled days (`keep`). Whatever changes one of their conversations marks its days in the same transaction
(console/indexing/changed_days.py), and a page counts a day that is not kept itself: so it reads a few rows for each
day, however many conversations there are, and never an old figure.

The sum of a week's days is kept too, with their versions: a page reads it only if the days still have them. A tally is
counts in nested dictionaries and lists, as JSON gives them back, and two of them add up key by key.
"""

import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from functools import reduce
from itertools import islice
from typing import Any

from django.db.models import Q
from django.db.models.fields.json import KeyTransform

from console import automation, statistics, team_statistics
from console.indexing.resolution import RETURN
from console.models import DayTally, Outcome, Thread, WeekTally
from console.statistics import Period, monday, within
from shop import clock

# Days kept by one pass of the indexer, which must not take long.
A_PASS = 5
# How far back statistics are asked for; older days are counted when somebody does.
MAX_DAYS = 800
DAYS_A_WEEK = 7
_PARTS = {"figures": statistics.tally, "automation": automation.tally, "team": team_statistics.tally}


def of(period: Period) -> dict[str, dict[date, Any]]:
    """{part: {day: what its module counted}}, for the period's days in their order."""
    return _by_part(_of_days(period.days))


def by_week(period: Period, topic: str) -> dict[str, dict[date, Any]]:
    """{part: {first day of a week, or of the period: what its days in the period add up to}}, in their order.

    The team's part is only about this topic, or "" for all.
    """
    weeks = _kept_weeks(period, topic)
    days = _of_days([day for day in period.days if monday(day) not in weeks])
    begins = dict.fromkeys(map(monday, period.days))
    found: dict[date, Any] = {max(begin, period.first): weeks.get(begin) for begin in begins}
    for day, tally in days.items():
        begin = max(monday(day), period.first)
        found[begin] = _sum(found[begin], tally) if found[begin] else tally
    return _by_part(found)


def _by_part(found: dict[date, Any]) -> dict[str, dict[date, Any]]:
    return {part: {begin: tally[part] for begin, tally in found.items()} for part in _PARTS}


def _of_days(days: Sequence[date]) -> dict[date, dict[str, Any]]:
    """{day: {part: what its module counted}}; the days are in order."""
    kept: dict[date, Any] = dict(DayTally.objects.filter(day__in=days, tally__isnull=False).values_list("day", "tally"))
    kept |= _counted([day for day in days if day not in kept])
    return {day: kept[day] for day in days}


def _kept_weeks(period: Period, topic: str) -> dict[date, dict[str, Any]]:
    """{monday: {part: what the week adds up to}}, of the period's whole weeks whose days are unchanged."""
    versions = _versions(DayTally.objects.filter(day__gte=period.first, day__lte=period.last))
    of_topic = KeyTransform(topic, KeyTransform("team", "tally"))
    weeks = WeekTally.objects.filter(monday__in=versions)
    return {
        begin: {"figures": figures, "automation": automated, "team": {topic: team or {}}}
        for begin, kept, figures, automated, team in weeks.values_list(
            "monday", "versions", "tally__figures", "tally__automation", of_topic
        )
        if kept == versions[begin]
    }


def _versions(days: Any) -> dict[date, str]:
    """{monday: the versions of its days}, of the weeks whose seven days are among these."""
    found: dict[date, list[str]] = {}
    for day, version in days.order_by("day").values_list("day", "version"):
        found.setdefault(monday(day), []).append(version)
    return {begin: "".join(versions) for begin, versions in found.items() if len(versions) == DAYS_A_WEEK}


def _counted(days: Sequence[date]) -> dict[date, dict[str, Any]]:
    """{day: {part: what its module counts}}; the days are in order."""
    if not days:
        return {}
    parts = {part: tally(days) for part, tally in _PARTS.items()}
    return {day: {part: found[day] for part, found in parts.items()} for day in days}


def keep() -> int:
    """Keep the latest A_PASS settled days that are not kept yet, and the weeks that they complete.

    Return how many days. Several processes may do so.
    """
    versions = {day: secrets.token_hex(8) for day in _to_keep()}
    for day, version in versions.items():
        # First the row, then the figures: whatever changes them from now on gives the row another version.
        DayTally.objects.update_or_create(day=day, defaults={"tally": None, "version": version})
    for day, tally in _counted(list(versions)).items():
        DayTally.objects.filter(day=day, version=versions[day]).update(tally=tally)
    for begin in set(map(monday, versions)):
        _keep_week(begin)
    return len(versions)


def _keep_week(begin: date) -> None:
    """Keep the week if all its days are kept."""
    days = DayTally.objects.filter(day__gte=begin, day__lt=begin + timedelta(days=DAYS_A_WEEK), tally__isnull=False)
    rows = list(days.order_by("day").values_list("version", "tally"))
    if len(rows) == DAYS_A_WEEK:
        versions, tallies = zip(*rows, strict=True)
        week = {"tally": reduce(_sum, tallies), "versions": "".join(versions)}
        WeekTally.objects.update_or_create(monday=begin, defaults=week)


def _sum(one: Any, other: Any) -> Any:
    if isinstance(one, dict):
        return one | {key: _sum(one[key], more) if key in one else more for key, more in other.items()}
    if isinstance(one, list):
        return [_sum(*pair) for pair in zip(one, other, strict=True)]
    return one + other


def _to_keep() -> list[date]:
    """In their order."""
    first = Thread.objects.order_by("started_at").values_list("started_at", flat=True).first()
    last = clock.paris_date(clock.now() - RETURN) - timedelta(days=1)
    if first is None or clock.paris_date(first) > last:
        return []
    begin = max(clock.paris_date(first), last - timedelta(days=MAX_DAYS))
    kept = set(DayTally.objects.filter(day__gte=begin, tally__isnull=False).values_list("day", flat=True))
    missing = (day for day in reversed(Period(begin, last).days) if day not in kept and _is_settled(day))
    return sorted(islice(missing, A_PASS))


def _is_settled(day: date) -> bool:
    unsettled = Q(outcome=Outcome.ONGOING) | Q(last_at__gt=clock.now() - RETURN)
    return not Thread.objects.filter(within("started_at", [day])).filter(unsettled).exists()
