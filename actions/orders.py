"""An order, as replies and cards present it."""

from datetime import date
from typing import Any

from actions import responses
from shop import clock, formatting
from shop.records import Defect, OrderRecord
from shop.rules.tracking import may_not_show_yet
from shop.rules.withdrawal import Withdrawal, WithdrawalState, withdrawal
from shop.status import OrderStatus

Card = dict[str, Any]
_NOT_STARTED = frozenset({WithdrawalState.NOT_SHIPPED, WithdrawalState.NOT_DELIVERED})


def order_values(order: OrderRecord) -> dict[str, Any]:
    """The placeholders of replies about an order; None for unknown values."""
    return {
        "number": order.number,
        "product": formatting.products(order.products),
        "seller": order.seller,
        "status": order.status.label if order.status else None,
        "placed_on": _in_words(order.placed_on),
        "carrier": order.carrier,
        "shipped_on": _in_words(order.shipped_on),
        "delivered_on": _in_words(order.delivered_on),
        "tracking": _tracking(order),
    }


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


def _tracking(order: OrderRecord) -> str:
    if not order.tracking_number:
        is_unreadable = Defect.TRACKING_NUMBER in order.defects
        return responses.text("utter_tracking_unreadable" if is_unreadable else "utter_tracking_none")
    values = {"tracking_number": order.tracking_number, "tracking_url": order.tracking_url}
    return " ".join(filter(None, [responses.text("utter_tracking_number", **values), tracking_soon(order)]))


def tracking_soon(order: OrderRecord) -> str | None:
    """« Elle vient de partir ; le suivi s'affiche quelques heures après »; None if it should show something by now."""
    just_left = order.shipped_at and not order.delivered_on and may_not_show_yet(clock.now(), order.shipped_at)
    return responses.text("utter_tracking_soon") if just_left else None


def _in_words(day: date | None) -> str | None:
    return formatting.full_date(day) if day else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
