"""Automation: the share of conversations in which the bot took part × the share of those that it resolved.

Only conversations that ended at least 72 hours ago are counted: until then, the customer may still come back.
A conversation belongs to the day on which it started, and to the version that read its first message.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import add
from typing import Any

from django.db.models import Count, F, Q

from console import bot_data
from console.indexing.resolution import RETURN
from console.models import Facet, FacetKind, Outcome, Resolution, Thread, Version
from console.statistics import day_of, within
from shop import clock

INSTALLED = "modèle installé"
# Conversations: final ones, those of them that the bot took part in, confirmed, assumed; and those not final yet.
Counts = list[int]
# Of one day or week: {topic, "" for all: {"all": Counts, "version": {model: Counts}, "question": {question: Counts}}}.
DayAutomation = dict[str, dict[str, Any]]


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
    spans: dict[date, Automation]
    by: dict[str, dict[str, Automation]] = field(default_factory=dict)


def automation_report(spans: dict[date, DayAutomation], topic: str = "") -> AutomationReport:
    """The automation of all conversations of these days or weeks, or of those about a topic."""
    by_span = {begin: parts[topic]["all"] for begin, parts in spans.items() if topic in parts}
    named: dict[str, dict[str, list[Counts]]] = {kind: defaultdict(list) for kind in ("sujet", "question", "version")}
    versions = names_of_models()
    for parts in spans.values():
        for one, counts in parts.items():
            if one and topic in ("", one):
                named["sujet"][bot_data.intent_title(one)].append(counts["all"])
                for question, asked in counts["question"].items():
                    named["question"][bot_data.intent_title(question)].append(asked)
        for model, read in parts.get(topic, {}).get("version", {}).items():
            named["version"][versions.get(model, INSTALLED)].append(read)
    by = {kind: {name: _automation(rows) for name, rows in names.items()} for kind, names in named.items()}
    return AutomationReport(
        _automation(by_span.values()),
        sum(counts[-1] for counts in by_span.values()),
        {begin: _automation([counts]) for begin, counts in by_span.items()},
        {kind: dict(sorted(rows.items(), key=lambda one: -one[1].conversations)) for kind, rows in by.items()},
    )


def aggregate(days: Sequence[date]) -> dict[date, DayAutomation]:
    """The aggregates of these days, computed by the database in three queries for any number of days."""
    found: dict[date, DayAutomation] = {day: defaultdict(lambda: {"question": {}, "version": {}}) for day in days}
    for day, *counts in _counted(Thread.objects.all(), days, ""):
        found[day][""]["all"] = counts
    facets = Facet.objects.filter(kind__in=(FacetKind.TOPIC, FacetKind.QUESTION, FacetKind.MODEL))
    for day, kind, value, *counts in _counted(facets, days, "thread__", "kind", "value"):
        if kind == FacetKind.TOPIC:
            found[day][value]["all"] = counts
        elif kind == FacetKind.MODEL:
            found[day][""]["version"][value] = counts
        else:
            found[day][bot_data.topic_of(value)]["question"][value] = counts
    about = Facet.objects.filter(kind=FacetKind.MODEL, thread__facets__kind=FacetKind.TOPIC)
    about = about.annotate(topic=F("thread__facets__value"))
    for day, value, topic, *counts in _counted(about, days, "thread__", "value", "topic"):
        found[day][topic]["version"][value] = counts
    return found


def _counted(rows: Any, days: Sequence[date], thread: str, *by: str) -> Iterator[Any]:
    """Tuples of the day, these fields, and Counts. `thread`: the lookup's prefix."""
    daily = rows.filter(within("started_at", days)).annotate(day=day_of("started_at", days)).order_by()
    counted = daily.values("day", *by).annotate(**_aggregates(thread)).values_list("day", *by, *_COUNTS)
    return ((days[place], *counts) for place, *counts in counted)


def names_of_models() -> dict[str, str]:
    """{Rasa's id of a model: « version 14 »}; every other model was installed with the software."""
    return {model: f"version {n}" for model, n in Version.objects.exclude(model="").values_list("model", "number")}


_COUNTS = ("conversations", "took_part", "confirmed", "assumed", "waiting")


def _aggregates(thread: str) -> dict[str, Any]:
    recent, resolution = Q(**{f"{thread}last_at__gt": clock.now() - RETURN}), f"{thread}resolution"
    final = ~recent & ~Q(**{resolution: ""})
    return {
        "conversations": Count("pk", filter=final),
        "took_part": Count("pk", filter=final & ~Q(**{resolution: Resolution.ABSENT})),
        "confirmed": Count("pk", filter=final & Q(**{resolution: Resolution.CONFIRMED})),
        "assumed": Count("pk", filter=final & Q(**{resolution: Resolution.ASSUMED, f"{thread}came_back": False})),
        "waiting": Count("pk", filter=recent & ~Q(**{f"{thread}outcome": Outcome.ONGOING})),
    }


def _automation(rows: Iterable[Counts]) -> Automation:
    total = [0] * len(_COUNTS)
    for counts in rows:
        total = list(map(add, total, counts))
    return Automation(*total[:-1])


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
