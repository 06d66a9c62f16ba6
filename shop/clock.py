"""The only clock: all code gets the time here, in Paris, from the system clock, which tests can move."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def now() -> datetime:
    """The system's time as an aware datetime in Europe/Paris."""
    return datetime.now(PARIS)


def paris_date(moment: datetime) -> date:
    """The calendar day, in Paris, of an aware moment."""
    return moment.astimezone(PARIS).date()


def paris_day(value: date | datetime) -> date:
    """The calendar day in Paris of any date or aware datetime; near datetime's limits too, without an OverflowError."""
    if not isinstance(value, datetime):
        return value
    try:
        return paris_date(value)
    except OverflowError:
        return value.date()
