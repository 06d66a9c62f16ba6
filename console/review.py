"""The queue « À relire » and what its verdicts say of all conversations.

In the queue: every risky conversation, and a random share of the rest (console/sync/threads.py draws it). So the
verdicts are two samples of two known parts, and the rate over all is their weighted sum (stratified sampling).
"""

import math
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from console.models import Outcome, Thread, Verdict

# Of the standard normal distribution: 95 % of the cases are inside the margin.
Z = 1.96


@dataclass(frozen=True)
class Part:
    """One part of all conversations: how many there are, how many were read, how many of these were good."""

    size: int
    read: int
    good: int


@dataclass(frozen=True)
class Rate:
    """A share with the margin around it, both in per cent; `read` is how many verdicts stand behind it."""

    percent: int
    margin: int
    read: int


def to_review(threads: QuerySet[Thread]) -> QuerySet[Thread]:
    """The conversations that wait to be read: over, risky or drawn, and without a verdict."""
    return threads.filter(Q(risky=True) | Q(sampled=True), verdict="").exclude(outcome=Outcome.ONGOING)


def success() -> Rate | None:
    """The rate of well answered conversations of all that are over; None while a part was not read at all."""
    over = Thread.objects.exclude(outcome=Outcome.ONGOING)
    read = Q(verdict__in=[Verdict.GOOD, Verdict.BAD])
    rows = over.values("risky").annotate(
        size=Count("pk"),
        # Of the rest only what was drawn: a conversation that someone opened by chance is no random one.
        n=Count("pk", filter=read & (Q(risky=True) | Q(sampled=True))),
        good=Count("pk", filter=Q(verdict=Verdict.GOOD) & (Q(risky=True) | Q(sampled=True))),
    )
    return rate([Part(row["size"], row["n"], row["good"]) for row in rows])


def rate(parts: list[Part]) -> Rate | None:
    """Weighted over the parts, with the finite population correction: what was read whole adds no doubt."""
    parts = [part for part in parts if part.size]
    if not parts or any(part.read == 0 for part in parts):
        return None
    total = sum(part.size for part in parts)
    share = sum(part.size / total * part.good / part.read for part in parts)
    variance = sum((part.size / total) ** 2 * _variance(part) for part in parts)
    return Rate(round(100 * share), math.ceil(100 * Z * math.sqrt(variance)), sum(part.read for part in parts))


def _variance(part: Part) -> float:
    """Of the part's share. Two of each verdict are added (Agresti and Coull): three good of three are no certainty."""
    if part.read >= part.size:
        return 0.0
    n, good = part.read + 4, part.good + 2
    return (good / n) * (1 - good / n) / n * (part.size - part.read) / max(part.size - 1, 1)
