"""When a parcel can be tracked (ORD-4)."""

from datetime import datetime, timedelta

# ORD-4 says « a few hours » without a figure. During this time, the bot says that the carrier may show nothing yet.
A_FEW_HOURS = timedelta(hours=4)


def may_not_show_yet(now: datetime, shipped_at: datetime) -> bool:
    """Whether it was shipped so recently that the carrier may not show it yet (ORD-4)."""
    return now - shipped_at < A_FEW_HOURS
