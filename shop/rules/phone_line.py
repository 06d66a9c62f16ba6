"""When the support team answers the phone (CON-1)."""

from datetime import datetime, time, timedelta

from shop.clock import PARIS
from shop.rules.working_days import SATURDAY

OPENS = time(10)
CLOSES = time(18)


def is_open(moment: datetime) -> bool:
    """Whether the line is open at this aware datetime. At the closing minute it is closed (CON-1)."""
    local = moment.astimezone(PARIS)
    return local.weekday() < SATURDAY and OPENS <= local.time() < CLOSES


def next_opening(moment: datetime) -> datetime:
    """The next opening at or after this aware datetime, as a Paris time (CON-1)."""
    local = moment.astimezone(PARIS)
    day = local.date()
    if local.time() >= OPENS:
        day += timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, OPENS, PARIS)
