"""An order, as replies and cards present it."""

from datetime import date, datetime
from typing import Any

from shop import clock, formatting
from shop.models import Order
from shop.rules.withdrawal import Withdrawal, withdrawal
from shop.status import OrderStatus

Card = dict[str, Any]


def order_values(order: Order) -> dict[str, Any]:
    """The placeholders that every reply about an order may use."""
    return {
        "number": order.number,
        "product": formatting.enumeration([line.product for line in order.lines.all()]),
        "seller": order.seller.name,
        "placed_on": formatting.full_date(clock.paris_date(order.placed_at)),
    }


def right_of(order: Order) -> Withdrawal:
    """The right of withdrawal of an order today; excluded when all of its products are personalised (RET-4)."""
    shipment = getattr(order, "shipment", None)
    delivered_at = shipment.delivered_at if shipment else None
    lines = order.lines.all()
    return withdrawal(
        clock.paris_date(clock.now()),
        delivered_on=clock.paris_date(delivered_at) if delivered_at else None,
        credit_signed_on=order.credit_signed_on,
        personalised=bool(lines) and all(line.personalised for line in lines),
        shipped=order.status == OrderStatus.SHIPPED,
        cancelled=order.status == OrderStatus.CANCELLED,
    )


def card(order: Order) -> Card:
    """The order as a card of codes and ISO dates; the client renders the texts (widget/src/card.ts)."""
    shipment = getattr(order, "shipment", None)
    right = right_of(order)
    return {
        "kind": "order",
        "number": order.number,
        "product": order_values(order)["product"],
        "seller": order.seller.name,
        "status": order.status,
        "placed_on": _iso(order.placed_at),
        "shipped_on": _iso(shipment.shipped_at if shipment else None),
        "delivered_on": _iso(shipment.delivered_at if shipment else None),
        "carrier": shipment.carrier if shipment else "",
        "tracking_number": shipment.tracking_number if shipment else "",
        "tracking_url": shipment.tracking_url if shipment else "",
        "withdrawal": {"state": right.state.value, "last_day": _iso(right.deadline)},
    }


def _iso(moment: date | datetime | None) -> str | None:
    if moment is None:
        return None
    return (clock.paris_date(moment) if isinstance(moment, datetime) else moment).isoformat()
