"""The right of withdrawal (WDR-1, RET-4; code de la consommation, article L221-19)."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from shop.rules.working_days import working_day_from

WITHDRAWAL_DAYS = 14


class WithdrawalState(Enum):
    """Whether a customer may withdraw from an order on a given day."""

    OPEN = "open"
    PAST = "past"
    EXCLUDED = "excluded"
    NOT_SHIPPED = "not_shipped"
    NOT_DELIVERED = "not_delivered"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Withdrawal:
    """A state and, where a period has begun, the day it counts from, its last day and the days left (0 on that day)."""

    state: WithdrawalState
    start: date | None = None
    deadline: date | None = None
    days_left: int | None = None


def withdrawal_deadline(start: date) -> date:
    """Last day to withdraw when the period starts on `start`: reception, or signature of a credit contract (WDR-1).

    14 clear days: the day of the start does not count. A period that would end on a Saturday, a Sunday
    or a public holiday runs to the end of the next working day (article L221-19).
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
    """What the right of withdrawal says of one order on the day `today` (WDR-1, RET-4).

    A personalised product is excluded whatever the date. With a credit contract the period counts from its signature,
    delivered or not; without one it begins with the reception.
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
