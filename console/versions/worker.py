"""The worker: trains queued versions, one at a time, and rolls versions out, also while one is being trained.

It holds a lock in the versions' folder, by which the console's page knows that there is one.
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
from typing import IO

from django.db import DatabaseError, connection, transaction

from bot import versions
from console import bot_data
from console.models import Rollout, Version
from console.versions.rollout import roll_out
from shop import clock

SECONDS = 1.0
NICENESS = 10

logger = logging.getLogger("console")


class Worker:
    """Call `work` again and again."""

    def __init__(self) -> None:
        self._building: subprocess.Popen[bytes] | None = None
        self._version = 0

    def start(self) -> None:
        """What was being trained when the last worker ended is not going on."""
        broken = Version.objects.filter(state=Version.State.TRAINING)
        broken.update(state=Version.State.FAILED, step="L’entraînement a été interrompu.", ended_at=clock.now())

    def work(self) -> None:
        """One pass. Raises DatabaseError."""
        for rollout in Rollout.objects.filter(state=Rollout.State.ASKED).select_related("version").order_by("pk"):
            roll_out(rollout)
        if self._building is None:
            self._begin()
        elif self._building.poll() is not None:
            self._end("L’entraînement s’est arrêté.")
        elif not Version.objects.filter(pk=self._version, state=Version.State.TRAINING).exists():
            self.stop()

    def stop(self) -> None:
        """End the training, with all that it started."""
        if self._building:
            with suppress(ProcessLookupError):
                os.killpg(self._building.pid, signal.SIGKILL)
            self._building.wait()
            self._end("L’entraînement a été interrompu.")

    def _begin(self) -> None:
        with transaction.atomic():
            queued = Version.objects.select_for_update().filter(state=Version.State.QUEUED)
            version = queued.order_by("number").first()
            if version is None:
                return
            version.state, version.started_at = Version.State.TRAINING, clock.now()
            version.save()
        command = [sys.executable, str(bot_data.ROOT / "manage.py"), "build_version", str(version.number)]
        self._version = version.pk
        # A group of its own, so that a training that is cancelled ends as a whole.
        self._building = subprocess.Popen(command, cwd=bot_data.ROOT, start_new_session=True)

    def _end(self, problem: str) -> None:
        """A process that ended without a word has failed."""
        self._building = None
        left = Version.objects.filter(pk=self._version, state=Version.State.TRAINING)
        left.update(state=Version.State.FAILED, step=problem, ended_at=clock.now())


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
    """Whether a worker holds the lock. Not where this process cannot write the folder: no worker shares it then."""
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
