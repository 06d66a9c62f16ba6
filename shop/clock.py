"""The one clock. Everything that needs the time asks here, so that a moved system clock moves everything."""

from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
UTC = timezone.utc


def now() -> datetime:
    """The system's time as an aware datetime in Europe/Paris."""
    return datetime.now(PARIS)


def paris_date(moment: datetime) -> date:
    """The calendar day, in Paris, of an aware moment."""
    return moment.astimezone(PARIS).date()
