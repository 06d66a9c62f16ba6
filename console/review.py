"""The queue « À relire », and the quality rate that its verdicts estimate.

The queue contains every risky conversation and a random sample of the rest. So the verdicts are samples of two strata,
and the overall rate is their weighted sum (stratified sampling).
"""

import math
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from console.models import Outcome, Thread, Verdict

# Quantile of the standard normal distribution for a 95 % margin.
Z = 1.96


@dataclass(frozen=True)
class Part:
    """A stratum: how many conversations it has, how many were reviewed, how many of those were good."""

    size: int
    read: int
    good: int


@dataclass(frozen=True)
class Rate:
    """A rate with its margin, both in per cent; `read` is the number of verdicts behind it."""

    percent: int
    margin: int
    read: int


def to_review(threads: QuerySet[Thread]) -> QuerySet[Thread]:
    """The conversations to review: finished, risky or sampled, and without a verdict."""
    return threads.filter(Q(risky=True) | Q(sampled=True), verdict="").exclude(outcome=Outcome.ONGOING)


def success() -> Rate | None:
    """The estimated rate of good conversations among all finished ones; None if a stratum has no verdict."""
    over = Thread.objects.exclude(outcome=Outcome.ONGOING)
    read = Q(verdict__in=[Verdict.GOOD, Verdict.BAD])
    rows = over.values("risky").annotate(
        size=Count("pk"),
        # Of the conversations without risk, only sampled ones count: one that somebody chose to review is not random.
        n=Count("pk", filter=read & (Q(risky=True) | Q(sampled=True))),
        good=Count("pk", filter=Q(verdict=Verdict.GOOD) & (Q(risky=True) | Q(sampled=True))),
    )
    return rate([Part(row["size"], row["n"], row["good"]) for row in rows])


def rate(parts: list[Part]) -> Rate | None:
    """Weighted over the strata, with the finite population correction: a fully reviewed stratum adds no variance."""
    parts = [part for part in parts if part.size]
    if not parts or any(part.read == 0 for part in parts):
        return None
    total = sum(part.size for part in parts)
    share = sum(part.size / total * part.good / part.read for part in parts)
    variance = sum((part.size / total) ** 2 * _variance(part) for part in parts)
    return Rate(round(100 * share), math.ceil(100 * Z * math.sqrt(variance)), sum(part.read for part in parts))


def _variance(part: Part) -> float:
    """The variance of a stratum's rate, with two verdicts of each kind added (Agresti and Coull): it is never zero."""
    if part.read >= part.size:
        return 0.0
    n, good = part.read + 4, part.good + 2
    return (good / n) * (1 - good / n) / n * (part.size - part.read) / max(part.size - 1, 1)
