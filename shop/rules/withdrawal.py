"""The right of withdrawal (WDR-1, RET-4; code de la consommation, article L221-19)."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from shop.rules.working_days import working_day_from

WITHDRAWAL_DAYS = 14


class WithdrawalState(Enum):
    """Whether a customer may withdraw from an order on a given day; UNKNOWN if the record lacks the dates."""

    OPEN = "open"
    PAST = "past"
    EXCLUDED = "excluded"
    NOT_SHIPPED = "not_shipped"
    NOT_DELIVERED = "not_delivered"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Withdrawal:
    """The state; if a period has started, also its start, its last day and the days left (0 on the last day)."""

    state: WithdrawalState
    start: date | None = None
    deadline: date | None = None
    days_left: int | None = None


def withdrawal_deadline(start: date) -> date:
    """Last day to withdraw. The period starts at the reception, or at the signature of a credit contract (WDR-1).

    14 clear days: the day of the start does not count. If the period would end on a Saturday, a Sunday or a public
    holiday, it ends with the next working day (article L221-19).
    """
    return working_day_from(start + timedelta(days=WITHDRAWAL_DAYS))


def withdrawal(
    today: date,
    *,
    delivered_on: date | None,
    credit_signed_on: date | None = None,
    personalised: bool = False,
    shipped: bool = True,
    cancelled: bool = False,
) -> Withdrawal:
    """The right of withdrawal from one order on the day `today` (WDR-1, RET-4).

    A personalised product is always excluded. With a credit contract, the period starts at its signature, even before
    the delivery; otherwise it starts at the reception.
    """
    if cancelled:
        return Withdrawal(WithdrawalState.CANCELLED)
    if personalised:
        return Withdrawal(WithdrawalState.EXCLUDED)
    start = credit_signed_on or delivered_on
    if start is None:
        return Withdrawal(WithdrawalState.NOT_DELIVERED if shipped else WithdrawalState.NOT_SHIPPED)
    deadline = withdrawal_deadline(start)
    if today > deadline:
        return Withdrawal(WithdrawalState.PAST, start, deadline)
    return Withdrawal(WithdrawalState.OPEN, start, deadline, (deadline - today).days)
