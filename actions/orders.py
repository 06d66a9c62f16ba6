"""An order, as replies present it."""

from datetime import date
from typing import Any

from actions import responses
from shop import clock, formatting
from shop.records import Defect, OrderRecord
from shop.rules.tracking import may_not_show_yet


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
