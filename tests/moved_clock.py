"""The system's clock as the processes see it, which a test may move while they run: Debian's libfaketime."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

from shop.clock import PARIS

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


def installed() -> bool:
    return bool(LIBRARIES)


class MovedClock:
    """Put `environment` into a process's own, and it reads this clock; what measures durations is left alone."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self.move(timedelta())
        self.environment = {
            "LD_PRELOAD": str(LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def move(self, offset: timedelta) -> None:
        """So far from the real time."""
        self.offset = offset
        new = self._file.with_suffix(".new")
        new.write_text(f"{offset.total_seconds():+.0f}")
        new.replace(self._file)

    def set(self, moment: datetime) -> None:
        """To this moment, to the second."""
        self.move(
            timedelta(seconds=round((moment.astimezone(timezone.utc) - datetime.now(timezone.utc)).total_seconds()))
        )

    def now(self) -> datetime:
        """What the processes take for the time, in Paris."""
        return (datetime.now(timezone.utc) + self.offset).astimezone(PARIS)
