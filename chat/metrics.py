"""The chat's metrics for Prometheus: at /metrics of each web process, which the proxy does not expose."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from chat import leases
from chat.db_threads import db_write
from shop import clock, lookup_alarm

# How long an alarm stays on after its limit was last reached; Prometheus stores the history.
RECENT = timedelta(minutes=15)
SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30, 60)

acknowledged = Counter("chat_messages_acknowledged", "Customers' messages that were stored and acknowledged")
answered = Counter("chat_messages_answered", "Customers' messages whose answer is complete")
late = Counter("chat_messages_late", "Delay notices sent")
failed = Counter("chat_bot_failures", "Times that the bot was reachable, but could not handle a message")
unavailable = Counter("chat_bot_unavailable", "Times that the bot, or a dependency of it, was unavailable")
answer_seconds = Histogram("chat_answer_seconds", "From a message's arrival to its stored answer", buckets=SECONDS)


class Pending(Collector):
    """The backlog of all web processes, from the database; no metrics while it is unavailable."""

    def __init__(self) -> None:
        self.backlog: tuple[int, float] | None = None

    def collect(self) -> Iterator[Metric]:
        if self.backlog is None:
            return
        number, seconds = self.backlog
        yield GaugeMetricFamily("chat_pending_conversations", "Conversations that wait for an answer", number)
        yield GaugeMetricFamily("chat_oldest_pending_seconds", "How long the oldest of them waits", seconds)


class Lookups(Collector):
    """Failed look-ups of all customers, from the database; no metrics while it is unavailable."""

    def __init__(self) -> None:
        self.found: tuple[int, dict[str, bool]] | None = None

    def collect(self) -> Iterator[Metric]:
        if self.found is None:
            return
        failures, alarms = self.found
        yield GaugeMetricFamily(
            "shop_failed_lookups", "Look-ups without a match in the last quarter of an hour", failures
        )
        alarm = GaugeMetricFamily(
            "shop_lookup_alarm", "1: failed look-ups recently reached this limit", labels=["limit"]
        )
        for limit, raised in alarms.items():
            alarm.add_metric([limit], raised)
        yield alarm


pending, lookups = Pending(), Lookups()
REGISTRY.register(pending)
REGISTRY.register(lookups)


async def metrics(request: HttpRequest) -> HttpResponse:
    try:
        pending.backlog, lookups.found = await db_write(_read)()
    except DatabaseError:
        pending.backlog = lookups.found = None  # the other metrics need no database
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


def _read() -> tuple[tuple[int, float], tuple[int, dict[str, bool]]]:
    recently = clock.now() - RECENT
    alarms = {limit: bool(at and at > recently) for limit, at in lookup_alarm.reached().items()}
    return leases.backlog(), (lookup_alarm.failures(), alarms)


def count_answer(arrived_at: datetime) -> None:
    """Count an answer to a message that arrived at this time."""
    answered.inc()
    answer_seconds.observe((clock.now() - arrived_at).total_seconds())
