"""The figures of a period, per day and topic: computed by the database, in three queries for any amount of data.

Days are in Paris. A conversation counts on the day it started, a message on the day it was written.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Floor, TruncDate

from console import bot_data
from console.indexing.outcome import ASKING_BACK
from console.models import HANDED_OVER, Facet, FacetKind, Outcome, Thread, Turn
from shop.clock import PARIS

# Waits are grouped by tenths of a second, so that neither database sorts them and both give the same percentile.
TENTHS = 10


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """(midnight of the first day, midnight after the last day)."""
        after = self.last + timedelta(days=1)
        return datetime.combine(self.first, time.min, PARIS), datetime.combine(after, time.min, PARIS)


@dataclass
class Figures:
    """Counts, which can be added up. Rates are relative to the finished conversations; None without any."""

    conversations: int = 0
    messages: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    asked_back: int = 0
    rated: int = 0
    helpful: int = 0
    waits: Counter[int] = field(default_factory=Counter)

    def add(self, other: "Figures") -> "Figures":
        self.conversations += other.conversations
        self.messages += other.messages
        self.outcomes += other.outcomes
        self.asked_back += other.asked_back
        self.rated += other.rated
        self.helpful += other.helpful
        self.waits += other.waits
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
        """(outcome in words, conversations) of each way to a person that was taken."""
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
        total = sum(self.waits.values())
        ordered = sorted(self.waits)
        reached = accumulate(self.waits[tenth] for tenth in ordered)
        return next((tenth / TENTHS for tenth, n in zip(ordered, reached, strict=True) if n >= share * total), None)


@dataclass(frozen=True)
class Report:
    """`cells`: {(day, topic; "" for all topics): its figures}"""

    period: Period
    cells: dict[tuple[date, str], Figures]

    def of(self, day: date, topic: str = "") -> Figures:
        return self.cells.get((day, topic)) or Figures()

    def total(self, topic: str = "") -> Figures:
        return _sum(self.of(day, topic) for day in self.period.days)

    @property
    def topics(self) -> list[tuple[str, Figures]]:
        """Every topic that was asked, the most frequent first."""
        asked = sorted({topic for _, topic in self.cells if topic})
        return sorted(((topic, self.total(topic)) for topic in asked), key=lambda one: -one[1].conversations)


def report(period: Period) -> Report:
    cells: dict[tuple[date, str], Figures] = {}
    for key, figures in [*_conversations(period), *_topics(period), *_waits(period)]:
        cells.setdefault(key, Figures()).add(figures)
    return Report(period, cells)


def _conversations(period: Period) -> Iterator[tuple[tuple[date, str], Figures]]:
    begin, end = period.moments
    threads = Thread.objects.filter(started_at__gte=begin, started_at__lt=end)
    asked_back = Facet.objects.filter(thread=OuterRef("pk"), kind=FacetKind.ACTION, value__in=ASKING_BACK)
    rows = threads.annotate(day=TruncDate("started_at", tzinfo=PARIS), back=Exists(asked_back)).order_by()
    for row in rows.values("day").annotate(**_counted("")):
        yield (row["day"], ""), _figures(dict(row))


def _topics(period: Period) -> Iterator[tuple[tuple[date, str], Figures]]:
    begin, end = period.moments
    facets = Facet.objects.filter(kind=FacetKind.TOPIC, started_at__gte=begin, started_at__lt=end)
    asked_back = Facet.objects.filter(thread=OuterRef("thread"), kind=FacetKind.ACTION, value__in=ASKING_BACK)
    rows = facets.annotate(day=TruncDate("started_at", tzinfo=PARIS), back=Exists(asked_back)).order_by()
    for row in rows.values("day", "value").annotate(**_counted("thread__")):
        yield (row["day"], row["value"]), _figures(dict(row))


def _waits(period: Period) -> Iterator[tuple[tuple[date, str], Figures]]:
    begin, end = period.moments
    turns = Turn.objects.filter(at__gte=begin, at__lt=end, seconds__isnull=False)
    rows = turns.annotate(day=TruncDate("at", tzinfo=PARIS), tenths=Floor(F("seconds") * TENTHS)).order_by()
    topics = bot_data.topics()
    for row in rows.values("day", "intent", "tenths").annotate(answers=Count("pk")):
        waits = Counter({int(row["tenths"]): row["answers"]})
        yield (row["day"], ""), Figures(waits=waits)
        if row["intent"] in topics:
            yield (row["day"], row["intent"]), Figures(waits=waits)


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


def _figures(row: dict[str, Any]) -> Figures:
    return Figures(
        conversations=row["conversations"],
        messages=row["messages"] or 0,
        outcomes=Counter({outcome: row[f"outcome_{outcome}"] for outcome in Outcome.values}),
        asked_back=row["asked_back"],
        rated=row["rated"],
        helpful=row["liked"],
    )


def _sum(figures: Iterable[Figures]) -> Figures:
    total = Figures()
    for one in figures:
        total.add(one)
    return total


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
