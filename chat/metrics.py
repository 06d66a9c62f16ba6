"""What Prometheus is told of the chat: at /metrics of each web process, which the proxy does not show."""

from collections.abc import Iterator
from datetime import datetime

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from chat import leases
from chat.stored import stored
from shop import clock

SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30, 60)

acknowledged = Counter("chat_messages_acknowledged", "Customers' messages that were stored and acknowledged")
answered = Counter("chat_messages_answered", "Customers' messages whose answer is complete")
late = Counter("chat_messages_late", "Customers who were told that their answer takes longer")
failed = Counter("chat_bot_failures", "Times that the bot was there and could not handle a message")
away = Counter("chat_bot_away", "Times that the bot, or a part that it needs, was away")
answer_seconds = Histogram("chat_answer_seconds", "From a message's arrival to its stored answer", buckets=SECONDS)


class Owed(Collector):
    """What the database says of all web processes' work; no figures where it said nothing."""

    def __init__(self) -> None:
        self.backlog: tuple[int, float] | None = None

    def collect(self) -> Iterator[Metric]:
        if self.backlog is None:
            return
        number, seconds = self.backlog
        yield GaugeMetricFamily("chat_owed_conversations", "Conversations that wait for an answer", number)
        yield GaugeMetricFamily("chat_oldest_owed_seconds", "How long the oldest of them waits", seconds)


owed = Owed()
REGISTRY.register(owed)


async def metrics(request: HttpRequest) -> HttpResponse:
    try:
        owed.backlog = await stored(leases.backlog)()
    except DatabaseError:
        owed.backlog = None  # the other figures are told all the same
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


def count_answer(arrived_at: datetime) -> None:
    """One more answer, to a message that arrived then."""
    answered.inc()
    answer_seconds.observe((clock.now() - arrived_at).total_seconds())
