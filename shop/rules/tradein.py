"""Until when a trade-in can be cancelled (TRD-3)."""

from shop.status import TradeInStatus

CANCELLABLE = frozenset({TradeInStatus.REGISTERED})


def may_cancel(status: TradeInStatus) -> bool:
    """A trade-in can be cancelled as long as the device has not been shipped (TRD-3)."""
    return status in CANCELLABLE
