"""When the support team answers the phone (CON-1: Monday to Friday, 10:00 to 18:00, Paris time)."""

from datetime import datetime, time, timedelta

from shop.clock import PARIS
from shop.rules.working_days import SATURDAY

OPENS = time(10)
CLOSES = time(18)


def is_open(moment: datetime) -> bool:
    """Is the line open at this aware moment? The closing minute is no longer open (CON-1)."""
    local = moment.astimezone(PARIS)
    return local.weekday() < SATURDAY and OPENS <= local.time() < CLOSES


def next_opening(moment: datetime) -> datetime:
    """The first opening at or after this aware moment, as a Paris time; the moment itself is never inside (CON-1)."""
    local = moment.astimezone(PARIS)
    day = local.date()
    if local.time() >= OPENS:
        day += timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, OPENS, PARIS)
