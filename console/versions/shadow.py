"""A version's shadow run: it reads what customers write, hour after hour, and answers nobody.

The worker starts the process that reads (replay/shadow_runner.py).
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from console.models import Replay, Version
from console.versions import replays
from shop import clock

PART = timedelta(hours=1)
# By then, the console has read a message (console/indexing/indexer.py).
SETTLED = timedelta(minutes=5)
STEP, LONGEST = timedelta(days=3), timedelta(days=30)


def active() -> QuerySet[Replay]:
    return Replay.objects.filter(kind=Replay.Kind.SHADOW, state__in=Replay.ON)


def due() -> QuerySet[Replay]:
    """Those with an hour, or a last part of one, to read."""
    settled = clock.now() - SETTLED
    waiting = Replay.objects.filter(kind=Replay.Kind.SHADOW, state=Replay.State.LISTENING)
    return waiting.filter(Q(read_to__lte=settled - PART) | Q(until__lte=settled))


def next_part(shadow: Replay) -> tuple[datetime, datetime] | None:
    """Beginning and end of what it reads next; None if that is not over, or if the trial is."""
    assert shadow.read_to
    assert shadow.until
    end = min(shadow.read_to + PART, shadow.until)
    return (shadow.read_to, end) if shadow.read_to < end <= clock.now() - SETTLED else None


def go_on(version: Version) -> datetime:
    """Begin a trial, or let it last longer; return until when. What was written while it was stopped is not read."""
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
        until: datetime = min(max(shadow.until or now, now) + STEP, now + LONGEST)
        # Nothing else: a process may be reading.
        Replay.objects.filter(pk=shadow.pk).update(until=until)
    return until


def _has_failed(shadow: Replay) -> bool:
    """Whether its process failed before its time: then it reads the hours that it missed, too."""
    return shadow.state == Replay.State.FAILED and shadow.until is not None and shadow.until > clock.now()


def _restart(shadow: Replay) -> None:
    """Forget what was compared with another model."""
    shadow.differences.all().delete()
    shadow.live, shadow.runner, shadow.state, shadow.at = "", "", Replay.State.CANCELLED, clock.now()
    shadow.messages, shadow.changed, shadow.seconds = 0, 0, 0.0
    shadow.save()


def stop(version: Version) -> int:
    """What it found is kept. Returns how many trials were stopped."""
    return active().filter(version=version).update(state=Replay.State.CANCELLED)
