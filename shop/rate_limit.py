"""A rate limit that counts database rows by their time, so that it holds across processes and restarts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from shop import clock

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Limit:
    """At most `count` within `seconds`."""

    count: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> "Limit":
        """« 30/60 »: 30 within 60 seconds."""
        count, seconds = text.split("/")
        return cls(int(count), int(seconds))

    @property
    def period(self) -> timedelta:
        return timedelta(seconds=self.seconds)

    def halved(self) -> "Limit":
        """Half as many, rounded up, in the same time."""
        return Limit(-(-self.count // 2), self.seconds)

    def window(self) -> tuple[datetime, datetime]:
        """(start, end) of the counted period.

        It ends now: rows with a later time were written before the clock was set back, and do not count.
        """
        now = clock.now()
        return now - self.period, now

    def row_to_expire(self, rows: "QuerySet[M]", moment: str, window: tuple[Any, Any]) -> "QuerySet[M]":
        """A query for the oldest of the last `count` rows in the window; empty while there are fewer.

        When that row leaves the window, the limit allows another one.
        """
        since, now = window
        recent = rows.filter(**{f"{moment}__gt": since, f"{moment}__lte": now}).order_by(f"-{moment}")
        return recent[self.count - 1 : self.count]

    def free_at(self, rows: "QuerySet[M]", moment: str) -> datetime | None:
        """When the limit allows the next row; None if it allows one now."""
        filled_at = self.row_to_expire(rows, moment, self.window()).values_list(moment, flat=True).first()
        return filled_at + self.period if filled_at else None
