"""The one clock. All code gets the time here, so that tests can move the system clock."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def now() -> datetime:
    """The system's time as an aware datetime in Europe/Paris."""
    return datetime.now(PARIS)


def paris_date(moment: datetime) -> date:
    """The calendar day, in Paris, of an aware moment."""
    return moment.astimezone(PARIS).date()
