"""Until when a refund arrives (REF-1)."""

from datetime import date, timedelta

REFUND_DAYS = 30


def refund_deadline(returned_on: date) -> date:
    """The last day for the refund: within 30 days after the return of the product (REF-1)."""
    return returned_on + timedelta(days=REFUND_DAYS)
