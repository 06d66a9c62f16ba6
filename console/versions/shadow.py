"""A version's shadow run: it classifies customers' new messages every hour, and sends no answers.

The worker starts the process that does so (replay/shadow_runner.py).
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from console.models import Replay, Version
from console.versions import replays
from shop import clock

PART = timedelta(hours=1)
# After this time, the console has indexed a message (console/indexing/indexer.py).
INDEXED_WITHIN = timedelta(minutes=5)
STEP, MAX_AHEAD = timedelta(days=3), timedelta(days=30)


def active() -> QuerySet[Replay]:
    return Replay.objects.filter(kind=Replay.Kind.SHADOW, state__in=Replay.ON)


def due() -> QuerySet[Replay]:
    """Shadow runs with an unread hour, or an unread last part of one."""
    indexed = clock.now() - INDEXED_WITHIN
    waiting = Replay.objects.filter(kind=Replay.Kind.SHADOW, state=Replay.State.LISTENING)
    return waiting.filter(Q(read_to__lte=indexed - PART) | Q(until__lte=indexed))


def next_part(shadow: Replay) -> tuple[datetime, datetime] | None:
    """(begin, end) of the next hour to read; None before it has ended, or after the run's end."""
    assert shadow.read_to
    assert shadow.until
    end = min(shadow.read_to + PART, shadow.until)
    return (shadow.read_to, end) if shadow.read_to < end <= clock.now() - INDEXED_WITHIN else None


def begin_or_extend(version: Version) -> datetime:
    """Begin or extend a run; return its end. Messages written while it was stopped are not read."""
    now = clock.now()
    with transaction.atomic():
        shadow, _ = Replay.objects.select_for_update().get_or_create(
            version=version, kind=Replay.Kind.SHADOW, defaults={"state": Replay.State.CANCELLED}
        )
        if shadow.live and not replays.of_live(shadow):
            _restart(shadow)
        if not shadow.is_on:
            if not _has_failed(shadow):
                shadow.read_to = shadow.until = now
            shadow.state = Replay.State.LISTENING
            shadow.save(update_fields=["state", "read_to"])
        until: datetime = min(max(shadow.until or now, now) + STEP, now + MAX_AHEAD)
        # Update only this field, because a running process updates the others.
        Replay.objects.filter(pk=shadow.pk).update(until=until)
    return until


def _has_failed(shadow: Replay) -> bool:
    """Whether its process failed before the run's end; then the missed hours are read too."""
    return shadow.state == Replay.State.FAILED and shadow.until is not None and shadow.until > clock.now()


def _restart(shadow: Replay) -> None:
    """Discard the results of the comparison with another live model."""
    shadow.differences.all().delete()
    shadow.live, shadow.runner, shadow.state, shadow.at = "", "", Replay.State.CANCELLED, clock.now()
    shadow.messages, shadow.changed, shadow.seconds = 0, 0, 0.0
    shadow.save()


def stop(version: Version) -> int:
    """Stop the run and keep its results; return the number of stopped runs."""
    return active().filter(version=version).update(state=Replay.State.CANCELLED)
