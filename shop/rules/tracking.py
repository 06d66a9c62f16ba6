"""When a parcel can be followed (ORD-4)."""

from datetime import datetime, timedelta

# ORD-4 says « a few hours » and no figure: within these hours the bot explains why the carrier may still show nothing.
A_FEW_HOURS = timedelta(hours=4)


def may_not_show_yet(now: datetime, shipped_at: datetime) -> bool:
    """Shipped so recently that the carrier may not show the parcel yet (ORD-4)."""
    return now - shipped_at < A_FEW_HOURS
