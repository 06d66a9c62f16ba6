"""How to follow a delivery (TRK-1, ORD-3, ORD-4), and by which carrier one order comes."""

from actions import orders
from actions.lookup_topic import ORDER, LookupTopic
from actions.parcel import tracking_values
from actions.turn import Turn
from shop.models import Order, Shipment
from shop.status import OrderStatus

# Without a shipment: shipped, and the seller told nothing of it; or not to be shipped at all.
NEVER_TRACKED: dict[str, str] = {
    OrderStatus.SHIPPED: "utter_parcel_shipped_unknown",
    OrderStatus.CANCELLED: "utter_parcel_cancelled",
}


class Tracking(LookupTopic[Order]):
    stem = "tracking"
    lookup = ORDER
    of_record = frozenset({"how", "no_number", "not_working", "carrier"})

    async def about_record(self, turn: Turn, record: Order, question: str) -> None:
        shipment: Shipment | None = getattr(record, "shipment", None)
        values = orders.order_values(record) | tracking_values(shipment)
        if shipment is not None:
            name = "utter_tracking_carrier" if question == "carrier" else "utter_tracking_of_order"
            turn.say(name, card=orders.card(record), **values)
        elif record.status in NEVER_TRACKED:
            turn.say(NEVER_TRACKED[record.status], card=orders.card(record), **values)
        else:
            turn.say("utter_tracking_not_shipped", status=OrderStatus(record.status).label, **values)
