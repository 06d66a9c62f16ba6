"""Replays the stored conversations, batch after batch, on every core.

A batch's differences and the cursor are stored in one transaction, so another process can resume after any
interruption. A process that is no longer the replay's runner, or whose replay was stopped, stores nothing more.
"""

import multiprocessing
import os
import threading
import time
import uuid
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from bot import versions
from console.models import Replay
from replay import differences, stored_messages
from replay.comparison import Change, Comparison

# Conversations per batch: some seconds of one core, so that an interruption loses little and the progress is visible.
BATCH = 250
Batch = tuple[list[int], list[stored_messages.StoredMessage]]
_comparison: Comparison | None = None


def run(replay: Replay) -> None:
    """Run the replay until it is done or was stopped. Raises UntrustedModel."""
    global _comparison
    live = versions.live()
    _begin(replay, versions.to_load(live)[1])
    _comparison = Comparison(versions.to_load(live), versions.to_load(replay.version.sha256))
    # The processes inherit the loaded models, and may not share a connection.
    connection.close()
    with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("fork"), _end_with_parent) as pool:
        begun = time.monotonic()
        for (ids, messages), changes in _compared(pool, _batches(replay)):
            now = time.monotonic()
            if not _store(replay, ids, len(messages), changes, now - begun):
                pool.shutdown(cancel_futures=True)
                return
            begun = now
    Replay.objects.filter(pk=replay.pk, runner=replay.runner).update(state=Replay.State.DONE)


def _begin(replay: Replay, live: str) -> None:
    """Mark the replay as running. If the live model has changed since its first part, start it from the beginning."""
    if replay.live != live:
        replay.differences.all().delete()
        replay.cursor, replay.conversations, replay.messages, replay.changed, replay.seconds = None, 0, 0, 0, 0.0
        replay.total = stored_messages.threads().count()
    replay.live, replay.runner, replay.state = live, uuid.uuid4().hex, Replay.State.RUNNING
    replay.save()


def _batches(replay: Replay) -> Iterator[Batch]:
    rest = (
        stored_messages.threads() if replay.cursor is None else stored_messages.threads().filter(pk__lt=replay.cursor)
    )
    while ids := list(rest.values_list("pk", flat=True)[:BATCH]):
        yield ids, stored_messages.messages_of(ids)
        rest = stored_messages.threads().filter(pk__lt=ids[-1])


def _compared(pool: Executor, batches: Iterator[Batch]) -> Iterator[tuple[Batch, dict[int, Change]]]:
    """The batches with their changes, in order. Only as many are read ahead as keep every process busy."""
    waiting: deque[tuple[Batch, Future[dict[int, Change]]]] = deque()
    for batch in batches:
        waiting.append((batch, pool.submit(_changes, batch[1])))
        if len(waiting) > 2 * (os.cpu_count() or 1):
            done, future = waiting.popleft()
            yield done, future.result()
    for done, future in waiting:
        yield done, future.result()


def _changes(messages: list[stored_messages.StoredMessage]) -> dict[int, Change]:
    assert _comparison
    return _comparison.changes(messages)


def _store(replay: Replay, ids: list[int], messages: int, changes: dict[int, Change], seconds: float) -> bool:
    """Store a batch; return False if this process must stop, because the replay was stopped or has another runner."""
    with transaction.atomic():
        mine = Replay.objects.filter(pk=replay.pk, runner=replay.runner, state=Replay.State.RUNNING)
        if not mine.update(
            cursor=ids[-1],
            conversations=F("conversations") + len(ids),
            messages=F("messages") + messages,
            changed=F("changed") + len(changes),
            seconds=F("seconds") + seconds,
        ):
            return False
        differences.store(replay, changes)
    return True


def _end_with_parent() -> None:
    """Make this process end when its parent is killed; otherwise it would wait for work forever."""
    parent: Any = multiprocessing.parent_process()
    threading.Thread(target=lambda: (parent.join(), os._exit(1)), daemon=True).start()
