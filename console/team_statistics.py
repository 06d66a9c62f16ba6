"""The team's figures of a period: waits, first replies and handling times, by agent, hour and topic.

They are computed from the service periods (chat/models.py). Each counts on the day and in the hour, in Paris, in which
it began. Durations are rounded to two significant digits (228 s count as 230 s), so that a year has few distinct ones.
This changes a percentile by at most 5 %.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User

from chat.models import Ending, ServicePeriod
from console import bot_data
from console.statistics import percentile, within
from shop.clock import PARIS, paris_date

# The endings of a wait without a person.
ABANDONED = (Ending.LEFT, Ending.GIVEN_UP, Ending.OVER)
NO_TOPIC, NO_ACCOUNT = "aucun sujet compris", "compte supprimé"
# The values of TeamFigures, in their order.
Counts = Sequence[Any]
_KINDS = ("Conseiller", "Heure", "Sujet")
# Of one day or week: {topic, or "" for all: {"": {"": counts}, kind: {account's number, hour or topic: counts}}}.
DayTeam = dict[str, dict[str, dict[str, Counts]]]


@dataclass
class TeamFigures:
    """Durations: {seconds: how many}.

    `waits`: until a person took the conversation. `replies`: from the customer's request to the first reply. `holds`:
    how long a person had the conversation.
    """

    waits: Counter[int] = field(default_factory=Counter)
    replies: Counter[int] = field(default_factory=Counter)
    holds: Counter[int] = field(default_factory=Counter)
    abandoned: int = 0
    released: int = 0
    rated: int = 0
    helpful: int = 0

    def add(self, counts: Counts) -> None:
        """Add the counts of an aggregate."""
        *durations, abandoned, released, rated, helpful = counts
        for found, more in zip((self.waits, self.replies, self.holds), durations, strict=True):
            for seconds, times in more.items():
                found[int(seconds)] += times
        self.abandoned += abandoned
        self.released += released
        self.rated += rated
        self.helpful += helpful

    @property
    def asked(self) -> int:
        """How many customers waited for a person."""
        return self.waits.total() + self.abandoned

    @property
    def held(self) -> int:
        """How many conversations a person handled."""
        return self.holds.total()

    @property
    def satisfaction(self) -> float | None:
        return self.helpful / self.rated if self.rated else None

    @property
    def durations(self) -> list[tuple[int | None, int | None]]:
        """(median, 95th percentile) of the waits, first replies and handling times."""
        return [(percentile(of, 0.5), percentile(of, 0.95)) for of in (self.waits, self.replies, self.holds)]


@dataclass(frozen=True)
class TeamReport:
    """`by`: {dimension: {name: figures}}, in the order in which a table shows them."""

    total: TeamFigures
    by: dict[str, dict[str, TeamFigures]]


def team_report(spans: Iterable[DayTeam], topic: str = "") -> TeamReport:
    """The finished service periods that began in these days or weeks; with `topic`, only of conversations about it."""
    groups: dict[str, dict[str, TeamFigures]] = {kind: defaultdict(TeamFigures) for kind in ("", *_KINDS)}
    accounts = {str(pk): name for pk, name in User.objects.values_list("pk", "username")}
    for span in spans:
        for kind, names in span.get(topic, {}).items():
            for name, counts in names.items():
                groups[kind][_title(kind, name, accounts)].add(counts)
    total = groups.pop("").get("") or TeamFigures()
    return TeamReport(total, {kind: dict(sorted(found.items())) for kind, found in groups.items()})


def aggregate(days: Sequence[date]) -> dict[date, DayTeam]:
    """The aggregates of these days, in one query."""
    found: dict[date, Any] = {day: {} for day in days}
    ended = ServicePeriod.objects.filter(within("begun_at", days), ended_at__isnull=False)
    rows = ended.order_by("pk").values(
        "waiting", "agent", "asked_at", "begun_at", "ended_at", "replied_at", "ending", "conversation__helpful",
        "conversation__thread__topics",
    )  # fmt: skip
    for period in rows.iterator():
        topics = period["conversation__thread__topics"] or []
        about = [one for one in topics if one != "contact_support"] or [""]
        agents = [] if period["waiting"] else [str(period["agent"] or "")]
        named = {"": [""], "Conseiller": agents, "Heure": [_hour(period["begun_at"])], "Sujet": about}
        day = found[paris_date(period["begun_at"])]
        for topic in {"", *topics}:
            for kind, names in named.items():
                for name in names:
                    group = day.setdefault(topic, {}).setdefault(kind, {})
                    _count(group.setdefault(name, TeamFigures()), dict(period))
    return {day: _as_counts(topics) for day, topics in found.items()}


def _as_counts(topics: dict[str, dict[str, dict[str, TeamFigures]]]) -> DayTeam:
    return {
        topic: {kind: {name: _plain(figures) for name, figures in names.items()} for kind, names in kinds.items()}
        for topic, kinds in topics.items()
    }


def _plain(figures: TeamFigures) -> Counts:
    """The values as JSON, in the order of `add`."""
    durations = [
        {str(seconds): times for seconds, times in found.items()}
        for found in (figures.waits, figures.replies, figures.holds)
    ]
    return [*durations, figures.abandoned, figures.released, figures.rated, figures.helpful]


def _title(kind: str, name: str, accounts: dict[str, str]) -> str:
    if kind == "Conseiller":
        return accounts.get(name, NO_ACCOUNT)
    return (bot_data.intent_title(name) if name else NO_TOPIC) if kind == "Sujet" else name


def _count(figures: TeamFigures, period: dict[str, Any]) -> None:
    length = _rounded(period["ended_at"] - period["begun_at"])
    if period["waiting"]:
        if period["ending"] in ABANDONED:
            figures.abandoned += 1
        else:
            figures.waits[length] += 1
        return
    figures.holds[length] += 1
    figures.released += period["ending"] == Ending.RELEASED
    if period["replied_at"]:
        figures.replies[_rounded(period["replied_at"] - period["asked_at"])] += 1
    # The customer rates after the end, so the rating counts for the agent who ended the exchange.
    if period["ending"] in (Ending.CLOSED, Ending.HANDED_BACK) and period["conversation__helpful"] is not None:
        figures.rated += 1
        figures.helpful += period["conversation__helpful"]


def _rounded(duration: timedelta) -> int:
    """In seconds: whole, to two significant digits."""
    return round(float(f"{duration.total_seconds():.1e}"))


def _hour(at: datetime) -> str:
    return f"{at.astimezone(PARIS):%H} h"
