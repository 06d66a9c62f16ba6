"""The team's figures of a period: waits, first replies and handling times, by agent, hour and topic.

From the spells (chat/models.py). A spell counts on the day, and in the hour, of Paris in which it began.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, field, fields
from datetime import date, datetime
from math import ceil
from typing import Any

from django.contrib.auth.models import User

from chat.models import Ending, Spell
from console import bot_data
from console.statistics import within
from shop.clock import PARIS, paris_date

# Spells that end a wait without a person.
ABANDONED = (Ending.LEFT, Ending.GIVEN_UP, Ending.OVER)
NO_TOPIC, NO_ACCOUNT = "aucun sujet compris", "compte supprimé"
# The values of TeamFigures, in their order.
Counts = Sequence[Any]
_KINDS = ("Conseiller", "Heure", "Sujet")
# Of one day: {topic, or "" for all: {"": {"": counts}, kind: {account's number, hour or topic: counts}}}.
DayTeam = dict[str, dict[str, dict[str, Counts]]]


@dataclass
class TeamFigures:
    """Durations in seconds. `waits` are those that a person ended; `replies` are from the customer's first request."""

    waits: list[float] = field(default_factory=list)
    replies: list[float] = field(default_factory=list)
    holds: list[float] = field(default_factory=list)
    abandoned: int = 0
    released: int = 0
    rated: int = 0
    helpful: int = 0

    def add(self, counts: Counts) -> None:
        """Add what `tally` counted."""
        for one, value in zip(fields(self), counts, strict=True):
            setattr(self, one.name, getattr(self, one.name) + value)

    @property
    def asked(self) -> int:
        """How many waited for a person."""
        return len(self.waits) + self.abandoned

    @property
    def satisfaction(self) -> float | None:
        return self.helpful / self.rated if self.rated else None

    @property
    def durations(self) -> list[tuple[float | None, float | None]]:
        """(median, 95th percentile) of the waits, first replies and handling times."""
        return [(percentile(of, 0.5), percentile(of, 0.95)) for of in (self.waits, self.replies, self.holds)]


@dataclass(frozen=True)
class TeamReport:
    """`by`: {dimension: {name: figures}}, in the order in which a table shows them."""

    total: TeamFigures
    by: dict[str, dict[str, TeamFigures]]


def percentile(values: list[float], share: float) -> float | None:
    """The smallest value that this share of them does not exceed; None without any."""
    return sorted(values)[ceil(share * len(values)) - 1] if values else None


def team_report(days: Iterable[DayTeam], topic: str = "") -> TeamReport:
    """What ended, of what began on these days; only conversations about this topic, if one is given."""
    groups: dict[str, dict[str, TeamFigures]] = {kind: defaultdict(TeamFigures) for kind in ("", *_KINDS)}
    accounts = {str(pk): name for pk, name in User.objects.values_list("pk", "username")}
    for day in days:
        for kind, names in day.get(topic, {}).items():
            for name, counts in names.items():
                groups[kind][_title(kind, name, accounts)].add(counts)
    total = groups.pop("").get("") or TeamFigures()
    return TeamReport(total, {kind: dict(sorted(found.items())) for kind, found in groups.items()})


def tally(days: Sequence[date]) -> dict[date, DayTeam]:
    """What these days add up to, in one query."""
    found: dict[date, Any] = {day: {} for day in days}
    ended = Spell.objects.filter(within("begun_at", days), ended_at__isnull=False)
    rows = ended.order_by("pk").values(
        "waiting", "agent", "asked_at", "begun_at", "ended_at", "replied_at", "ending", "conversation__helpful",
        "conversation__thread__topics",
    )  # fmt: skip
    for spell in rows.iterator():
        topics = spell["conversation__thread__topics"] or []
        about = [one for one in topics if one != "contact_support"] or [""]
        agents = [] if spell["waiting"] else [str(spell["agent"] or "")]
        named = {"": [""], "Conseiller": agents, "Heure": [_hour(spell["begun_at"])], "Sujet": about}
        day = found[paris_date(spell["begun_at"])]
        for topic in {"", *topics}:
            for kind, names in named.items():
                for name in names:
                    group = day.setdefault(topic, {}).setdefault(kind, {})
                    _count(group.setdefault(name, TeamFigures()), dict(spell))
    return {day: _as_counts(topics) for day, topics in found.items()}


def _as_counts(topics: dict[str, dict[str, dict[str, TeamFigures]]]) -> DayTeam:
    return {
        topic: {kind: {name: astuple(figures) for name, figures in names.items()} for kind, names in kinds.items()}
        for topic, kinds in topics.items()
    }


def _title(kind: str, name: str, accounts: dict[str, str]) -> str:
    if kind == "Conseiller":
        return accounts.get(name, NO_ACCOUNT)
    return (bot_data.intent_title(name) if name else NO_TOPIC) if kind == "Sujet" else name


def _count(figures: TeamFigures, spell: dict[str, Any]) -> None:
    length = (spell["ended_at"] - spell["begun_at"]).total_seconds()
    if spell["waiting"]:
        if spell["ending"] in ABANDONED:
            figures.abandoned += 1
        else:
            figures.waits.append(length)
        return
    figures.holds.append(length)
    figures.released += spell["ending"] == Ending.RELEASED
    if spell["replied_at"]:
        figures.replies.append((spell["replied_at"] - spell["asked_at"]).total_seconds())
    # The customer rates after the end, so the rating counts for the agent who ended the exchange.
    if spell["ending"] in (Ending.CLOSED, Ending.HANDED_BACK) and spell["conversation__helpful"] is not None:
        figures.rated += 1
        figures.helpful += spell["conversation__helpful"]


def _hour(at: datetime) -> str:
    return f"{at.astimezone(PARIS):%H} h"
