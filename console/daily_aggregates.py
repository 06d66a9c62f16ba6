"""Daily aggregates for the statistics: stored once a day is final, computed on request before.

A day is final when all its conversations ended at least 72 hours ago (a return may still change them until then). The
indexer stores final days (`store_final`). A change of one of their conversations invalidates its days in the same
transaction (console/indexing/changed_days.py), so a page never reads an outdated aggregate.

Weekly sums are stored too, with the versions of their days, and are valid only for those. An aggregate is a nested
dictionary of counts, as JSON; two of them are added key by key.
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

# Days stored by one pass of the indexer, which must not take long.
DAYS_PER_PASS = 5
# How far back aggregates are stored; older days are computed on request.
MAX_DAYS = 800
DAYS_PER_WEEK = 7
_PARTS = {"figures": statistics.aggregate, "automation": automation.aggregate, "team": team_statistics.aggregate}


def by_day(period: Period) -> dict[str, dict[date, Any]]:
    """{part: {day: its aggregate}} of the period's days, in order."""
    return _by_part(_of_days(period.days))


def by_week(period: Period, topic: str) -> dict[str, dict[date, Any]]:
    """{part: {first day of a week, or of the period: the aggregate of its days in the period}}, in order.

    The team's part is only about this topic, or "" for all.
    """
    weeks = _stored_weeks(period, topic)
    days = _of_days([day for day in period.days if monday(day) not in weeks])
    begins = dict.fromkeys(map(monday, period.days))
    found: dict[date, Any] = {max(begin, period.first): weeks.get(begin) for begin in begins}
    for day, aggregate in days.items():
        begin = max(monday(day), period.first)
        found[begin] = _sum(found[begin], aggregate) if found[begin] else aggregate
    return _by_part(found)


def _by_part(found: dict[date, Any]) -> dict[str, dict[date, Any]]:
    return {part: {begin: aggregate[part] for begin, aggregate in found.items()} for part in _PARTS}


def _of_days(days: Sequence[date]) -> dict[date, dict[str, Any]]:
    """{day: {part: its aggregate}}; the days are in order."""
    stored: dict[date, Any] = dict(
        DayTally.objects.filter(day__in=days, tally__isnull=False).values_list("day", "tally")
    )
    stored |= _computed([day for day in days if day not in stored])
    return {day: stored[day] for day in days}


def _stored_weeks(period: Period, topic: str) -> dict[date, dict[str, Any]]:
    """{monday: {part: its aggregate}} of the period's whole weeks whose days are unchanged."""
    versions = _versions(DayTally.objects.filter(day__gte=period.first, day__lte=period.last))
    of_topic = KeyTransform(topic, KeyTransform("team", "tally"))
    weeks = WeekTally.objects.filter(monday__in=versions)
    return {
        begin: {"figures": figures, "automation": automated, "team": {topic: team or {}}}
        for begin, days, figures, automated, team in weeks.values_list(
            "monday", "versions", "tally__figures", "tally__automation", of_topic
        )
        if days == versions[begin]
    }


def _versions(days: Any) -> dict[date, str]:
    """{monday: the versions of its days} of the weeks whose seven days are all among these."""
    found: dict[date, list[str]] = {}
    for day, version in days.order_by("day").values_list("day", "version"):
        found.setdefault(monday(day), []).append(version)
    return {begin: "".join(versions) for begin, versions in found.items() if len(versions) == DAYS_PER_WEEK}


def _computed(days: Sequence[date]) -> dict[date, dict[str, Any]]:
    """{day: {part: its aggregate}}, computed from the conversations."""
    if not days:
        return {}
    parts = {part: aggregate(days) for part, aggregate in _PARTS.items()}
    return {day: {part: found[day] for part, found in parts.items()} for day in days}


def store_final() -> int:
    """Store the latest DAYS_PER_PASS final days that are not stored yet, and the weeks that they complete.

    Return the number of days. Several processes may call it.
    """
    versions = {day: secrets.token_hex(8) for day in _to_store()}
    for day, version in versions.items():
        # Create the row before computing: a change in the meantime gives it another version.
        DayTally.objects.update_or_create(day=day, defaults={"tally": None, "version": version})
    for day, aggregate in _computed(list(versions)).items():
        DayTally.objects.filter(day=day, version=versions[day]).update(tally=aggregate)
    for begin in set(map(monday, versions)):
        _store_week(begin)
    return len(versions)


def _store_week(begin: date) -> None:
    """Store the week if all its days are stored."""
    days = DayTally.objects.filter(day__gte=begin, day__lt=begin + timedelta(days=DAYS_PER_WEEK), tally__isnull=False)
    rows = list(days.order_by("day").values_list("version", "tally"))
    if len(rows) == DAYS_PER_WEEK:
        versions, aggregates = zip(*rows, strict=True)
        week = {"tally": reduce(_sum, aggregates), "versions": "".join(versions)}
        WeekTally.objects.update_or_create(monday=begin, defaults=week)


def _sum(one: Any, other: Any) -> Any:
    if isinstance(one, dict):
        return one | {key: _sum(one[key], more) if key in one else more for key, more in other.items()}
    if isinstance(one, list):
        return [_sum(*pair) for pair in zip(one, other, strict=True)]
    return one + other


def _to_store() -> list[date]:
    """The latest final days that are not stored yet, DAYS_PER_PASS at most, in order."""
    first = Thread.objects.order_by("started_at").values_list("started_at", flat=True).first()
    last = clock.paris_date(clock.now() - RETURN) - timedelta(days=1)
    if first is None or clock.paris_date(first) > last:
        return []
    begin = max(clock.paris_date(first), last - timedelta(days=MAX_DAYS))
    stored = set(DayTally.objects.filter(day__gte=begin, tally__isnull=False).values_list("day", flat=True))
    missing = (day for day in reversed(Period(begin, last).days) if day not in stored and _is_final(day))
    return sorted(islice(missing, DAYS_PER_PASS))


def _is_final(day: date) -> bool:
    not_final = Q(outcome=Outcome.ONGOING) | Q(last_at__gt=clock.now() - RETURN)
    return not Thread.objects.filter(within("started_at", [day])).filter(not_final).exists()
