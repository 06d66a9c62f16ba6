"""Where the parcel is: the order's status (ORD-2), and what the seller communicated (ORD-3, ORD-4, TRK-1)."""

from typing import Any

from actions import orders, responses
from actions.lookup_base import ORDER, LookupTopic
from actions.turn import Turn
from shop import clock, formatting
from shop.models import Order, Shipment
from shop.rules.tracking import may_not_show_yet
from shop.status import OrderStatus

DELIVERED = "delivered"
# For « ça veut dire quoi ? »: the order's status → the question that explains it.
MEANINGS = {"pending": "pending", "validated": "validated", "shipped": "shipped", "cancelled": "why_cancelled"}


class Parcel(LookupTopic[Order]):
    key = "parcel"
    lookup = ORDER
    record_questions = frozenset({"where", "when", "why_cancelled", "registered", "statuses"})

    def is_answered_by_record(self, turn: Turn, question: str) -> bool:
        """A message with an order number asks about that order, whatever the question."""
        return bool(turn.entity(ORDER.number_slot)) or super().is_answered_by_record(turn, question)

    async def answer_record(self, turn: Turn, record: Order, question: str) -> None:
        shipment: Shipment | None = getattr(record, "shipment", None)
        state, values = state_of(record, shipment), orders.order_values(record) | tracking_values(shipment)
        if question == "statuses" and state in MEANINGS and not turn.entity(ORDER.number_slot):
            turn.say(f"utter_where_is_parcel/{MEANINGS[state]}")
        elif state == OrderStatus.SHIPPED and shipment is None:
            turn.say("utter_parcel_shipped_unknown", card=orders.card(record), **values)
        elif question == "when":
            turn.say(f"utter_parcel_when_{state}", **values)
        else:
            turn.say(f"utter_parcel_{state}", card=orders.card(record), **values)


def state_of(order: Order, shipment: Shipment | None) -> str:
    """The order's status, or `delivered` if the seller gave a delivery date (TRK-1)."""
    return DELIVERED if shipment and shipment.delivered_at else str(order.status)


def tracking_values(shipment: Shipment | None) -> dict[str, Any]:
    """The placeholders for replies about a shipment: dates, carrier, tracking."""
    if shipment is None:
        return {"tracking": _text("utter_tracking_none")}
    values = {
        "carrier": shipment.carrier,
        "shipped_on": formatting.full_date(clock.paris_date(shipment.shipped_at)),
        "tracking": _tracking(shipment),
    }
    if shipment.delivered_at:
        values["delivered_on"] = formatting.full_date(clock.paris_date(shipment.delivered_at))
    return values


def _tracking(shipment: Shipment) -> str:
    if not shipment.tracking_number:
        return _text("utter_tracking_none")
    name = "utter_tracking_link" if shipment.tracking_url else "utter_tracking_number"
    text = _text(name, tracking_number=shipment.tracking_number, tracking_url=shipment.tracking_url)
    if not shipment.delivered_at and may_not_show_yet(clock.now(), shipment.shipped_at):
        return f"{text} {_text('utter_tracking_soon')}"
    return text


def _text(name: str, **values: str) -> str:
    return str(responses.load()[name][0]["text"]).format(**values)
