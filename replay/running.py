"""Replays the kept conversations, batch after batch, on every core.

A batch's differences and the cursor are stored in one transaction, so another process can resume after any
interruption. A process that is no longer the replay's runner, or whose replay was stopped, stores nothing more.
"""

import hashlib
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
from console import bot_data
from console.models import Correction, Difference, Replay, Turn, Verdict
from replay import kept
from replay.comparing import Change, Comparison

# Conversations per batch: some seconds of one core, so that an interruption loses little and the progress is visible.
BATCH = 250
Batch = tuple[list[int], list[kept.Kept]]
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
        replay.total = kept.threads().count()
    replay.live, replay.runner, replay.state = live, uuid.uuid4().hex, Replay.State.RUNNING
    replay.save()


def _batches(replay: Replay) -> Iterator[Batch]:
    rest = kept.threads() if replay.cursor is None else kept.threads().filter(pk__lt=replay.cursor)
    while ids := list(rest.values_list("pk", flat=True)[:BATCH]):
        yield ids, kept.messages_of(ids)
        rest = kept.threads().filter(pk__lt=ids[-1])


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


def _changes(messages: list[kept.Kept]) -> dict[int, Change]:
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
        _store_differences(replay, changes)
    return True


def _store_differences(replay: Replay, changes: dict[int, Change]) -> None:
    wanted = dict(Correction.objects.filter(turn__in=changes, entity="").values_list("turn", "intent"))
    new: dict[str, Difference] = {}
    for turn in Turn.objects.filter(pk__in=changes).select_related("thread"):
        row = _difference(replay, turn, changes[turn.pk], wanted.get(turn.pk, ""))
        new[row.digest] = _merged(new[row.digest], row) if row.digest in new else row
    for stored in replay.differences.filter(digest__in=new):
        _merged(stored, new.pop(stored.digest)).save()
    Difference.objects.bulk_create(new.values())


def _difference(replay: Replay, turn: Turn, change: Change, wanted: str) -> Difference:
    """The difference, already judged if a correction says which of the two questions is right."""
    question = bot_data.question_of(wanted) if wanted else ""
    known = {change.read_before: Difference.Judgement.WORSE, change.read_after: Difference.Judgement.BETTER}
    names = change.before, change.after
    return Difference(
        replay=replay,
        turn=turn,
        before=change.before,
        after=change.after,
        digest=hashlib.sha256("\n".join([bot_data.normalised(turn.text), *names]).encode()).hexdigest(),
        wanted=question,
        reviewed=bool(wanted or turn.thread.verdict != Verdict.NONE),
        judgement=known.get(question, Difference.Judgement.NONE) if len(known) > 1 else Difference.Judgement.NONE,
    )


def _merged(first: Difference, other: Difference) -> Difference:
    """Two differences with the same words and change as one; a reviewed message is shown for both."""
    first.times += other.times
    if other.reviewed and not first.reviewed:
        first.turn, first.reviewed, first.wanted = other.turn, True, other.wanted
        first.judgement = first.judgement or other.judgement
    return first


def _end_with_parent() -> None:
    """Make this process end when its parent is killed; otherwise it would wait for work forever."""
    parent: Any = multiprocessing.parent_process()
    threading.Thread(target=lambda: (parent.join(), os._exit(1)), daemon=True).start()
