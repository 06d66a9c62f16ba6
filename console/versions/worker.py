"""The worker: trains queued versions, runs replays and shadow runs with them, one at a time, and rolls versions out."""

import logging
import os
import signal
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet

from bot import versions
from console import bot_data
from console.models import Replay, Rollout, Version
from console.versions import lease
from console.versions.rollout import roll_out
from console.versions.shadow import due
from shop import clock

SECONDS = 1.0
NICENESS = 10

logger = logging.getLogger("console")


@dataclass
class _Job:
    """A process that works on one row. `row`: a query for it, empty once the job is cancelled."""

    process: subprocess.Popen[bytes]
    row: QuerySet[Any]

    def stop(self) -> None:
        """Kill the process and its children."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Worker:
    """Its caller calls `work` periodically."""

    def __init__(self) -> None:
        self._job: _Job | None = None

    def start(self) -> None:
        """Handle unfinished jobs of the last worker: mark a training as failed, resume a replay."""
        _mark_failed(Version.objects.all(), "L’entraînement a été interrompu.")
        _release(Replay.objects.all())

    def work(self) -> None:
        """One pass. Raises DatabaseError."""
        for rollout in Rollout.objects.filter(state=Rollout.State.ASKED).select_related("version").order_by("pk"):
            roll_out(rollout)
        if self._job is None:
            self._job = _train() or _replay() or _shadow()
        elif self._job.process.poll() is not None:
            _mark_failed(self._job.row, "L’entraînement s’est arrêté.")
            self._job = None
        elif not self._job.row.exists() or self._must_yield():
            self.stop()

    def stop(self) -> None:
        """End the running process. The next worker resumes a replay or shadow run that was not cancelled."""
        if self._job:
            self._job.stop()
            if self._job.row.model is Replay:
                _release(self._job.row)
            _mark_failed(self._job.row, "L’entraînement a été interrompu.")
            self._job = None

    def _must_yield(self) -> bool:
        """Whether the running replay must yield to a queued training."""
        is_replay = self._job is not None and self._job.row.model is Replay
        return is_replay and Version.objects.filter(state=Version.State.QUEUED).exists()


def _train() -> _Job | None:
    with transaction.atomic():
        queued = Version.objects.select_for_update().filter(state=Version.State.QUEUED)
        version = queued.order_by("number").first()
        if version is None:
            return None
        version.state, version.started_at = Version.State.TRAINING, clock.now()
        version.save()
    return _begun(
        [str(bot_data.ROOT / "manage.py"), "build_version", str(version.number)],
        Version.objects.filter(pk=version.pk, state=Version.State.TRAINING),
    )


def _replay() -> _Job | None:
    queued = Replay.objects.filter(kind=Replay.Kind.KEPT, state=Replay.State.QUEUED).select_related("version")
    replay = queued.order_by("-version__number").first()
    if replay is None:
        return None
    queued.filter(pk=replay.pk).update(state=Replay.State.RUNNING)
    number = str(replay.version.number)
    return _begun(["-m", "replay", number], Replay.objects.filter(pk=replay.pk, state=Replay.State.RUNNING))


def _shadow() -> _Job | None:
    shadow = due().select_related("version").first()
    if shadow is None or not due().filter(pk=shadow.pk).update(state=Replay.State.RUNNING):
        return None
    row = Replay.objects.filter(pk=shadow.pk, state=Replay.State.RUNNING)
    return _begun(["-m", "replay", str(shadow.version.number), "--shadow"], row)


def _release(rows: QuerySet[Any]) -> None:
    """Let the next process resume these rows."""
    running = rows.filter(state=Replay.State.RUNNING)
    running.filter(kind=Replay.Kind.SHADOW).update(state=Replay.State.LISTENING)
    running.update(state=Replay.State.QUEUED)


def _begun(arguments: list[str], row: QuerySet[Any]) -> _Job:
    # In its own process group, so that cancelling kills its children too.
    return _Job(subprocess.Popen([sys.executable, *arguments], cwd=bot_data.ROOT, start_new_session=True), row)


def _mark_failed(row: QuerySet[Any], problem: str) -> None:
    """Mark the row as failed if its process ended without a result."""
    if row.model is Replay:
        row.filter(state=Replay.State.RUNNING).update(state=Replay.State.FAILED)
    else:
        row.filter(state=Version.State.TRAINING).update(state=Version.State.FAILED, step=problem, ended_at=clock.now())


def run() -> None:
    """Run until the process ends; wait while another worker runs, on this or another machine."""
    os.nice(NICENESS)
    versions.folder().mkdir(parents=True, exist_ok=True)
    worker, holder = Worker(), uuid.uuid4().hex
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        _work_on(worker, holder)
    finally:
        worker.stop()
        lease.release(holder)


def _work_on(worker: Worker, holder: str) -> None:
    started, fault = False, ""
    while True:
        try:
            if lease.take(holder):
                if not started:
                    worker.start()
                started = True
                worker.work()
            elif started:
                worker.stop()
                started = False
            fault = ""
        except DatabaseError as found:
            connection.close()
            if type(found).__name__ != fault:
                logger.warning("the worker of versions failed, and retries: %s", fault := type(found).__name__)
        time.sleep(SECONDS)
