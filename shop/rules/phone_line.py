"""When the support team answers the phone (CON-1).

CON-1 names weekdays and does not mention public holidays. Whether the line is open on one is unknown, so a holiday
counts neither as open nor as closed.
"""

from datetime import date, datetime, time, timedelta

from shop.clock import PARIS
from shop.rules.working_days import SATURDAY, is_working_day, working_day_from

OPENS = time(10)
CLOSES = time(18)
_DAY = timedelta(days=1)


def is_open(moment: datetime) -> bool:
    """Whether the line is certainly open at this aware datetime. At the closing minute it is closed (CON-1)."""
    local = moment.astimezone(PARIS)
    return is_working_day(local.date()) and OPENS <= local.time() < CLOSES


def next_opening(moment: datetime) -> datetime:
    """The next certain opening after this aware datetime, as a Paris time (CON-1)."""
    local = moment.astimezone(PARIS)
    day = local.date() + _DAY if local.time() >= OPENS else local.date()
    return datetime.combine(working_day_from(day), OPENS, PARIS)


def holiday_ahead(moment: datetime) -> date | None:
    """The public holiday on a weekday, today or before the next certain opening, on which the line may be open."""
    local = moment.astimezone(PARIS)
    day = local.date() + _DAY if local.time() >= CLOSES else local.date()
    while day < next_opening(moment).date():
        if day.weekday() < SATURDAY and not is_working_day(day):
            return day
        day += _DAY
    return None
