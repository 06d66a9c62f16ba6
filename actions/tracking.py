"""How to track a delivery (TRK-1, ORD-3, ORD-4), and the carrier of one order."""

from actions import orders
from actions.lookup_base import ORDER, LookupTopic
from actions.parcel import tracking_values
from actions.turn import Turn
from shop.models import Order, Shipment
from shop.status import OrderStatus

# Replies for orders without a shipment record: shipped without details, or cancelled.
WITHOUT_TRACKING: dict[str, str] = {
    OrderStatus.SHIPPED: "utter_parcel_shipped_unknown",
    OrderStatus.CANCELLED: "utter_parcel_cancelled",
}


class Tracking(LookupTopic[Order]):
    key = "tracking"
    lookup = ORDER
    record_questions = frozenset({"how", "no_number", "not_working", "carrier"})

    async def answer_record(self, turn: Turn, record: Order, question: str) -> None:
        shipment: Shipment | None = getattr(record, "shipment", None)
        values = orders.order_values(record) | tracking_values(shipment)
        if shipment is not None:
            name = "utter_tracking_carrier" if question == "carrier" else "utter_tracking_of_order"
            turn.say(name, card=orders.card(record), **values)
        elif record.status in WITHOUT_TRACKING:
            turn.say(WITHOUT_TRACKING[record.status], card=orders.card(record), **values)
        else:
            turn.say("utter_tracking_not_shipped", status=OrderStatus(record.status).label, **values)
