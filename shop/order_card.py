"""An order as a card of codes and ISO dates: for the customer's window, and for the agent who answers."""

from datetime import date
from typing import Any

from shop import clock, formatting
from shop.models import Order
from shop.records import OrderRecord, read_order
from shop.rules.withdrawal import Withdrawal, WithdrawalState, withdrawal
from shop.status import OrderStatus

Card = dict[str, Any]
_NOT_STARTED = frozenset({WithdrawalState.NOT_SHIPPED, WithdrawalState.NOT_DELIVERED})


def right_of(order: OrderRecord) -> Withdrawal:
    """The right of withdrawal of an order today; excluded when all of its products are personalised (RET-4)."""
    right = withdrawal(
        clock.paris_date(clock.now()),
        delivered_on=order.withdrawal_start,
        personalised=order.is_personalised,
        shipped=order.status == OrderStatus.SHIPPED,
        cancelled=order.status == OrderStatus.CANCELLED,
    )
    if right.state in _NOT_STARTED and (order.status is None or order.has_credit):
        return Withdrawal(WithdrawalState.UNKNOWN)
    return right


def card(order: OrderRecord) -> Card:
    """The order as a card of codes and ISO dates; the client renders the texts (widget/src/order.ts)."""
    right = right_of(order)
    return {
        "kind": "order",
        "number": order.number,
        "product": formatting.products(order.products) or "",
        "seller": order.seller or "",
        "status": order.status.value if order.status else None,
        "placed_on": _iso(order.placed_on),
        "shipped_on": _iso(order.shipped_on),
        "delivered_on": _iso(order.delivered_on),
        "carrier": order.carrier or "",
        "tracking_number": order.tracking_number or "",
        "tracking_url": order.tracking_url or "",
        "withdrawal": {
            "state": right.state.value,
            "last_day": _iso(right.deadline),
            "credit_signed_on": _iso(right.start) if order.has_credit else None,
        },
    }


def card_now(number: str) -> Card | None:
    """The card of the order with this number as it is now; None if there is none any more.

    For the team: customers' access goes through shop/access.py only.
    """
    orders = Order.objects.select_related("seller", "shipment").prefetch_related("lines")
    order = orders.filter(number=number).first()
    return card(read_order(order, getattr(order, "shipment", None), clock.now())) if order else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
