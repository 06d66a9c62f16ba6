"""The bot's metrics for Prometheus, at /webhooks/chat/metrics."""

from prometheus_client import Counter, Gauge, Histogram

SECONDS = (0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)

turn_seconds = Histogram(
    "bot_turn_seconds", "Duration of a turn, from reading the message to saving its events", buckets=SECONDS
)
running = Gauge("bot_turns_running", "Turns that are being handled")
aborted = Counter("bot_turns_aborted", "Turns that were not saved because a dependency was unavailable")
unanswered = Counter("bot_turns_unanswered", "Turns without a reply")
