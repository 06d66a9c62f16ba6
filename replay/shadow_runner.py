"""Compares a version with the live model on customers' new messages, hour after hour, on one core.

An hour's differences and the run's position are stored in one transaction, so another process can resume after any
interruption. A process whose run was stopped, or that was replaced by another one, stores nothing more.
"""

import time
import uuid

from django.db import transaction
from django.db.models import F, QuerySet

from bot import versions
from console.models import Replay
from console.versions import shadow as trials
from replay import differences, stored_messages
from replay.comparison import Comparison


def run(shadow: Replay) -> None:
    """Process each hour that has ended; the next process continues. Raises UntrustedModel."""
    live = versions.to_load(versions.live())
    running = Replay.objects.filter(pk=shadow.pk, state=Replay.State.RUNNING)
    if shadow.live not in ("", live[1]) or live[1] == shadow.version.sha256:
        # The results so far compare with a model that is no longer live.
        running.update(state=Replay.State.CANCELLED)
        return
    runner = uuid.uuid4().hex
    running.update(runner=runner, live=live[1])
    mine = running.filter(runner=runner)
    comparison = Comparison(live, versions.to_load(shadow.version.sha256))
    while _read_part(mine, comparison):
        pass
    mine.filter(read_to__gte=F("until")).update(state=Replay.State.DONE)
    mine.update(state=Replay.State.LISTENING)


def _read_part(mine: QuerySet[Replay], comparison: Comparison) -> bool:
    """False if nothing is left to read, or if this process must stop."""
    shadow = mine.first()
    part = trials.next_part(shadow) if shadow else None
    if shadow is None or part is None:
        return False
    begun = time.monotonic()
    messages = stored_messages.messages_between(*part)
    changes = comparison.changes(messages) if messages else {}
    with transaction.atomic():
        is_mine = mine.filter(read_to=part[0]).update(
            read_to=part[1],
            messages=F("messages") + len(messages),
            changed=F("changed") + len(changes),
            seconds=F("seconds") + time.monotonic() - begun,
        )
        if is_mine:
            differences.store(shadow, changes)
    return bool(is_mine)
