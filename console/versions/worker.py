"""The worker: trains queued versions and replays conversations with them, one after the other, and rolls versions out.

It holds a lock in the versions' folder, which shows the console that a worker is running.
"""

import fcntl
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Any

from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet

from bot import versions
from console import bot_data
from console.models import Replay, Rollout, Version
from console.versions.rollout import roll_out
from shop import clock

SECONDS = 1.0
NICENESS = 10

logger = logging.getLogger("console")


@dataclass
class _Job:
    """A process at work on one row. `row`: that row, while the work is wanted."""

    process: subprocess.Popen[bytes]
    row: QuerySet[Any]

    def stop(self) -> None:
        """Kill the process and its children."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Worker:
    """Call `work` again and again."""

    def __init__(self) -> None:
        self._job: _Job | None = None

    def start(self) -> None:
        """Handle work that the last worker left: a training is marked as failed, a replay is resumed."""
        _give_up(Version.objects.all(), "L’entraînement a été interrompu.")
        Replay.objects.filter(state=Replay.State.RUNNING).update(state=Replay.State.QUEUED)

    def work(self) -> None:
        """One pass. Raises DatabaseError."""
        for rollout in Rollout.objects.filter(state=Rollout.State.ASKED).select_related("version").order_by("pk"):
            roll_out(rollout)
        if self._job is None:
            self._job = _train() or _replay()
        elif self._job.process.poll() is not None:
            _give_up(self._job.row, "L’entraînement s’est arrêté.")
            self._job = None
        elif not self._job.row.exists() or self._must_yield():
            self.stop()

    def stop(self) -> None:
        """End the running process. The next worker resumes a replay that was not cancelled."""
        if self._job:
            self._job.stop()
            if self._job.row.model is Replay:
                self._job.row.update(state=Replay.State.QUEUED)
            _give_up(self._job.row, "L’entraînement a été interrompu.")
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
    queued = Replay.objects.filter(state=Replay.State.QUEUED).select_related("version")
    replay = queued.order_by("-version__number").first()
    if replay is None:
        return None
    queued.filter(pk=replay.pk).update(state=Replay.State.RUNNING)
    number = str(replay.version.number)
    return _begun(["-m", "replay", number], Replay.objects.filter(pk=replay.pk, state=Replay.State.RUNNING))


def _begun(arguments: list[str], row: QuerySet[Any]) -> _Job:
    # In its own process group, so that cancelling kills its children too.
    return _Job(subprocess.Popen([sys.executable, *arguments], cwd=bot_data.ROOT, start_new_session=True), row)


def _give_up(row: QuerySet[Any], problem: str) -> None:
    """Mark the row as failed if its process ended without a result."""
    if row.model is Replay:
        row.filter(state=Replay.State.RUNNING).update(state=Replay.State.FAILED)
    else:
        row.filter(state=Version.State.TRAINING).update(state=Version.State.FAILED, step=problem, ended_at=clock.now())


def run() -> None:
    """Work until the process is ended; wait while another worker does."""
    os.nice(NICENESS)
    worker = Worker()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with _lock() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            _work_on(worker)
        finally:
            worker.stop()


def _work_on(worker: Worker) -> None:
    started, fault = False, ""
    while True:
        try:
            if not started:
                worker.start()
                started = True
            worker.work()
            fault = ""
        except DatabaseError as found:
            connection.close()
            if type(found).__name__ != fault:
                logger.warning("the worker of versions waits: %s", fault := type(found).__name__)
        time.sleep(SECONDS)


def is_running() -> bool:
    """Whether a worker holds the lock. False if this process cannot write to the folder: then none shares it."""
    try:
        with _lock() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
    except OSError:
        pass
    return False


@contextmanager
def _lock() -> Iterator[IO[bytes]]:
    versions.folder().mkdir(parents=True, exist_ok=True)
    with (versions.folder() / "worker.lock").open("ab") as file:
        yield file
