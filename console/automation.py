"""Automation: the share of conversations in which the bot took part × the share of those that it resolved.

Counted are conversations that ended at least 72 hours ago: until then, nobody knows whether the customer comes back.
Three queries, for any amount of data. A conversation belongs to the day on which it started, and to the version that
read its first message.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from console import bot_data
from console.indexing.resolution import RETURN
from console.models import Facet, FacetKind, Outcome, Resolution, Thread, Version
from console.statistics import Period
from shop import clock
from shop.clock import PARIS

INSTALLED = "modèle installé"
# {dimension: its name in French}, in the order of the tables.
DIMENSIONS = {FacetKind.TOPIC: "sujet", FacetKind.QUESTION: "question", FacetKind.MODEL: "version"}


@dataclass(frozen=True)
class Automation:
    """Counts of conversations; shares are None without any."""

    conversations: int = 0
    took_part: int = 0
    confirmed: int = 0
    assumed: int = 0

    @property
    def resolved(self) -> int:
        return self.confirmed + self.assumed

    @property
    def involvement(self) -> float | None:
        return _share(self.took_part, self.conversations)

    @property
    def resolution(self) -> float | None:
        return _share(self.resolved, self.took_part)

    @property
    def automation(self) -> float | None:
        """involvement × resolution"""
        return _share(self.resolved, self.conversations)


@dataclass(frozen=True)
class AutomationReport:
    """`by`: {dimension in French: {name: its figures}}, the most frequent first. `waiting`: ended too recently."""

    total: Automation
    waiting: int
    days: dict[date, Automation]
    by: dict[str, dict[str, Automation]] = field(default_factory=dict)


def automation_report(period: Period, topic: str = "") -> AutomationReport:
    """Of all conversations, or of those about a topic."""
    threads = _threads(period, topic)
    by_day = threads.annotate(day=TruncDate("started_at", tzinfo=PARIS)).order_by().values("day")
    days = {row["day"]: _automation(dict(row)) for row in by_day.annotate(**_counted(""))}
    over = threads.exclude(outcome=Outcome.ONGOING).filter(last_at__gt=clock.now() - RETURN)
    return AutomationReport(_sum(days.values()), over.count(), days, _by_dimension(period, topic))


def _threads(period: Period, topic: str) -> Any:
    begin, end = period.moments
    threads = Thread.objects.filter(started_at__gte=begin, started_at__lt=end)
    return threads.filter(facets__kind=FacetKind.TOPIC, facets__value=topic) if topic else threads


def _by_dimension(period: Period, topic: str) -> dict[str, dict[str, Automation]]:
    begin, end = period.moments
    facets = Facet.objects.filter(kind__in=DIMENSIONS, started_at__gte=begin, started_at__lt=end)
    if topic:
        facets = facets.filter(thread__in=_threads(period, topic).values("pk"))
    found: dict[str, dict[str, Automation]] = {name: {} for name in DIMENSIONS.values()}
    names = names_of_models()
    for row in facets.order_by().values("kind", "value").annotate(**_counted("thread__")):
        if not topic or bot_data.topic_of(row["value"]) == topic or row["kind"] == FacetKind.MODEL:
            name = names.get(row["value"], INSTALLED)
            dimension = found[DIMENSIONS[FacetKind(row["kind"])]]
            title = name if row["kind"] == FacetKind.MODEL else bot_data.intent_title(row["value"])
            dimension[title] = _sum([dimension.get(title, Automation()), _automation(dict(row))])
    return {name: dict(sorted(rows.items(), key=lambda one: -one[1].conversations)) for name, rows in found.items()}


def names_of_models() -> dict[str, str]:
    """{Rasa's id of a model: « version 14 »}; every other model was installed with the software."""
    return {model: f"version {n}" for model, n in Version.objects.exclude(model="").values_list("model", "number")}


def _counted(thread: str) -> dict[str, Any]:
    """Aggregates over conversations that ended long enough ago. `thread`: the lookup's prefix."""
    settled = Q(**{f"{thread}last_at__lte": clock.now() - RETURN}) & ~Q(**{f"{thread}resolution": ""})
    resolution = f"{thread}resolution"
    return {
        "conversations": Count("pk", filter=settled),
        "took_part": Count("pk", filter=settled & ~Q(**{resolution: Resolution.ABSENT})),
        "confirmed": Count("pk", filter=settled & Q(**{resolution: Resolution.CONFIRMED})),
        "assumed": Count("pk", filter=settled & Q(**{resolution: Resolution.ASSUMED, f"{thread}came_back": False})),
    }


def _automation(row: dict[str, Any]) -> Automation:
    return Automation(*(row[name] for name in ("conversations", "took_part", "confirmed", "assumed")))


def _sum(figures: Any) -> Automation:
    found = list(figures)
    counts = ("conversations", "took_part", "confirmed", "assumed")
    return Automation(*(sum(getattr(one, count) for one in found) for count in counts))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
