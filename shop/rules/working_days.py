"""French working days, from the public holidays of metropolitan France."""

from datetime import date, timedelta
from functools import lru_cache

import holidays

SATURDAY = 5


@lru_cache(maxsize=1)
def _public_holidays() -> holidays.HolidayBase:
    return holidays.country_holidays("FR")


def is_working_day(day: date) -> bool:
    """Whether it is neither a Saturday, a Sunday nor a public holiday in metropolitan France."""
    return day.weekday() < SATURDAY and day not in _public_holidays()


def working_day_from(day: date) -> date:
    """`day` itself if it is a working day, else the next one."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day
