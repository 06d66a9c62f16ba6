"""The team's figures of a period: waits, first replies and handling times, by agent, hour and topic.

From the spells (chat/models.py), in one query. A spell counts on the day, and in the hour, of Paris in which it began.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Any

from chat.models import Ending, Spell
from console import bot_data
from console.statistics import Period
from shop.clock import PARIS

# Spells that end a wait without a person.
ABANDONED = (Ending.LEFT, Ending.GIVEN_UP, Ending.OVER)
NO_TOPIC = "aucun sujet compris"


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


def team_report(period: Period, topic: str = "") -> TeamReport:
    """What ended, of what began in the period; only conversations about this topic, if one is given."""
    total = TeamFigures()
    kinds = ("Conseiller", "Heure", "Sujet")
    groups: dict[str, dict[str, TeamFigures]] = {kind: defaultdict(TeamFigures) for kind in kinds}
    for spell in _spells(period):
        topics = spell["conversation__thread__topics"] or []
        if topic and topic not in topics:
            continue
        titles = [bot_data.intent_title(one) for one in topics if one != "contact_support"] or [NO_TOPIC]
        agents = [] if spell["waiting"] else [spell["agent__username"] or "compte supprimé"]
        named = {"Conseiller": agents, "Heure": [_hour(spell["begun_at"])], "Sujet": titles}
        for figures in [total, *(groups[kind][name] for kind, names in named.items() for name in names)]:
            _count(figures, spell)
    return TeamReport(total, {kind: dict(sorted(found.items())) for kind, found in groups.items()})


def _spells(period: Period) -> Iterator[dict[str, Any]]:
    begin, end = period.moments
    found = Spell.objects.filter(begun_at__gte=begin, begun_at__lt=end, ended_at__isnull=False)
    rows = found.order_by("pk").values(
        "waiting", "agent__username", "asked_at", "begun_at", "ended_at", "replied_at", "ending",
        "conversation__helpful", "conversation__thread__topics",
    )  # fmt: skip
    yield from map(dict, rows.iterator())


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
