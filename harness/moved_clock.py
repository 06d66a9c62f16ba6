"""Moves the system clock of running processes, with Debian's libfaketime."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from harness.processes import wait_for
from shop.clock import PARIS

# The library rereads its file at this interval. Reading it at each call would cost more than the processes' own work.
CACHE_SECONDS = 1
SETTLED_SECONDS = CACHE_SECONDS + 2
LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


def installed() -> bool:
    return bool(LIBRARIES)


class MovedClock:
    """A clock for processes that are started with `environment`. Monotonic clocks are not moved."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self._write(timedelta())
        self.environment = {
            "LD_PRELOAD": str(LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": str(CACHE_SECONDS),
            "NO_FAKE_STAT": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def move(self, offset: timedelta) -> None:
        """Shift the clock by this much, and wait until every process uses it."""
        self._write(offset)
        settled = time.monotonic() + SETTLED_SECONDS
        wait_for(lambda: time.monotonic() > settled)

    def set(self, moment: datetime) -> None:
        """Set the clock so that it shows this moment when the call returns."""
        now = datetime.now(UTC) + timedelta(seconds=SETTLED_SECONDS)
        self.move(timedelta(seconds=round((moment.astimezone(UTC) - now).total_seconds())))

    def now(self) -> datetime:
        """The processes' current time, in Paris."""
        return (datetime.now(UTC) + self.offset).astimezone(PARIS)

    def _write(self, offset: timedelta) -> None:
        self.offset = offset
        new = self._file.with_suffix(".new")
        new.write_text(f"{offset.total_seconds():+.0f}")
        new.replace(self._file)
