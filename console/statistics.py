"""The figures of a period, per day and topic, from the daily aggregates (console/daily_aggregates.py).

Days are in Paris. A conversation counts on the day it started, a message on the day it was written.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Sum, Value, When
from django.db.models.functions import Floor

from chat.answer_notices import ASKING_BACK
from console import bot_data
from console.models import HANDED_OVER, Facet, FacetKind, Outcome, Thread, Turn
from shop.clock import PARIS

# Waits are counted by tenths of a second. So no database has to sort them, and all databases give the same percentile.
TENTHS = 10


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


@dataclass
class Figures:
    """Counts, which can be added. Rates are shares of the finished conversations; None if there are none."""

    conversations: int = 0
    messages: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    asked_back: int = 0
    rated: int = 0
    helpful: int = 0
    waits: Counter[int] = field(default_factory=Counter)

    def add(self, counts: dict[str, Any]) -> "Figures":
        """Add the counts of an aggregate."""
        for name in ("conversations", "messages", "asked_back", "rated", "helpful"):
            setattr(self, name, getattr(self, name) + counts.get(name, 0))
        self.outcomes.update(counts.get("outcomes", {}))
        for tenth, answers in counts.get("waits", {}).items():
            self.waits[int(tenth)] += answers
        return self

    @property
    def ongoing(self) -> int:
        return self.outcomes[Outcome.ONGOING]

    @property
    def over(self) -> int:
        return self.conversations - self.ongoing

    @property
    def containment(self) -> float | None:
        """Share answered by the bot alone: neither handed over, nor unanswered, nor given up by the customer."""
        return _share(self.outcomes[Outcome.ANSWERED] + self.outcomes[Outcome.ASKED_BACK], self.over)

    @property
    def handed_over(self) -> list[tuple[str, int]]:
        """(outcome in French, conversations) of each kind of handover that occurred."""
        return [(outcome.label, self.outcomes[outcome]) for outcome in HANDED_OVER if self.outcomes[outcome]]

    @property
    def escalation(self) -> float | None:
        return _share(sum(self.outcomes[outcome] for outcome in HANDED_OVER), self.over)

    @property
    def fallback(self) -> float | None:
        return _share(self.outcomes[Outcome.FALLBACK], self.over)

    @property
    def asking_back(self) -> float | None:
        return _share(self.asked_back, self.over)

    @property
    def satisfaction(self) -> float | None:
        return _share(self.helpful, self.rated)

    @property
    def median(self) -> float | None:
        return self._wait(0.5)

    @property
    def p95(self) -> float | None:
        return self._wait(0.95)

    def _wait(self, share: float) -> float | None:
        """The percentile of the waits in seconds, to a tenth."""
        tenth = percentile(self.waits, share)
        return None if tenth is None else tenth / TENTHS


def percentile(values: Counter[int], share: float) -> int | None:
    """The smallest value that this share of the values does not exceed; None without any. `values`: {value: count}."""
    total, ordered = sum(values.values()), sorted(values)
    reached = accumulate(values[one] for one in ordered)
    return next((one for one, n in zip(ordered, reached, strict=True) if n >= share * total), None)


# {topic, or "" for all: counts}, of one day or week.
DayFigures = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Report:
    """The figures of a period. `spans`: {day, or first day of a week: its aggregate}."""

    spans: dict[date, DayFigures]

    def of(self, begin: date, topic: str = "") -> Figures:
        return Figures().add(self.spans.get(begin, {}).get(topic, {}))

    def total(self, topic: str = "") -> Figures:
        return self._totals.get(topic) or Figures()

    @property
    def topics(self) -> list[tuple[str, Figures]]:
        """Every topic that was asked, the most frequent first."""
        asked = sorted((topic, figures) for topic, figures in self._totals.items() if topic and figures.conversations)
        return sorted(asked, key=lambda one: -one[1].conversations)

    @cached_property
    def _totals(self) -> dict[str, Figures]:
        found: dict[str, Figures] = defaultdict(Figures)
        for figures in self.spans.values():
            for topic, counts in figures.items():
                found[topic].add(counts)
        return found


def monday(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())


def midnight(day: date) -> datetime:
    """The beginning of a day in Paris."""
    return datetime.combine(day, time.min, PARIS)


def within(moment: str, days: Sequence[date]) -> Q:
    """Filter: the field is in one of these sorted days; one range per contiguous run."""
    found, begin = Q(pk__in=[]), days[0]
    for day, following in zip(days, [*days[1:], None], strict=True):
        after = day + timedelta(days=1)
        if following != after:
            found |= Q(**{f"{moment}__gte": midnight(begin), f"{moment}__lt": midnight(after)})
            begin = following or after
    return found


def day_of(moment: str, days: Sequence[date]) -> Case:
    """The index, among these days, of the field's day. (With SQLite, a date in Paris would be computed in Python.)"""
    spans = [(midnight(day), midnight(day + timedelta(days=1))) for day in days]
    cases = (
        When(**{f"{moment}__gte": begin, f"{moment}__lt": end}, then=Value(place))
        for place, (begin, end) in enumerate(spans)
    )
    return Case(*cases, output_field=IntegerField())


def aggregate(days: Sequence[date]) -> dict[date, DayFigures]:
    """The aggregates of these days, computed by the database in three queries for any number of days."""
    found: dict[date, DayFigures] = {day: defaultdict(dict) for day in days}
    threads = Thread.objects.filter(within("started_at", days)).annotate(back=_asked_back("pk"))
    begun = day_of("started_at", days)
    for row in threads.annotate(day=begun).order_by().values("day").annotate(**_counted("")):
        found[days[row["day"]]][""] |= _counts(dict(row))
    facets = Facet.objects.filter(within("started_at", days), kind=FacetKind.TOPIC).annotate(back=_asked_back("thread"))
    for row in facets.annotate(day=begun).order_by().values("day", "value").annotate(**_counted("thread__")):
        found[days[row["day"]]][row["value"]] |= _counts(dict(row))
    for (day, topic), waits in _waits(days).items():
        found[day][topic]["waits"] = {str(tenth): answers for tenth, answers in sorted(waits.items())}
    return found


def _asked_back(thread: str) -> Exists:
    return Exists(Facet.objects.filter(thread=OuterRef(thread), kind=FacetKind.ACTION, value__in=ASKING_BACK))


def _waits(days: Sequence[date]) -> dict[tuple[date, str], Counter[int]]:
    """{(day, topic): how many tenths of a second the answers took}"""
    found: dict[tuple[date, str], Counter[int]] = defaultdict(Counter)
    turns = Turn.objects.filter(within("at", days), seconds__isnull=False)
    tenths = Floor(F("seconds") * TENTHS)
    rows = turns.annotate(day=day_of("at", days), tenths=tenths).order_by().values("day", "intent", "tenths")
    topics = bot_data.topics()
    for row in rows.annotate(answers=Count("pk")):
        for topic in {"", row["intent"]} & {"", *topics}:
            found[days[row["day"]], topic][int(row["tenths"])] += row["answers"]
    return found


def _counted(thread: str) -> dict[str, Any]:
    """Aggregates over conversations. `thread` is the prefix of the lookup ("" or "thread__")."""
    counts: dict[str, Any] = {
        f"outcome_{outcome}": Count("pk", filter=Q(**{f"{thread}outcome": outcome})) for outcome in Outcome.values
    }
    return counts | {
        "conversations": Count("pk"),
        "messages": Sum(f"{thread}typed"),
        "asked_back": Count("pk", filter=Q(back=True) & ~Q(**{f"{thread}outcome": Outcome.ONGOING})),
        "rated": Count("pk", filter=Q(**{f"{thread}helpful__isnull": False})),
        "liked": Count("pk", filter=Q(**{f"{thread}helpful": True})),
    }


def _counts(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "conversations": row["conversations"],
        "messages": row["messages"] or 0,
        "outcomes": {outcome: n for outcome in Outcome.values if (n := row[f"outcome_{outcome}"])},
        "asked_back": row["asked_back"],
        "rated": row["rated"],
        "helpful": row["liked"],
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
