"""Where is my parcel: the order's status (ORD-2), and what the seller communicated (ORD-3, ORD-4, TRK-1)."""

from typing import Any

from actions import french
from actions.lookup_topic import ORDER, LookupTopic
from actions.turn import Turn
from shop import clock
from shop.models import Order, Shipment
from shop.rules.tracking import may_not_show_yet
from shop.status import OrderStatus


class Parcel(LookupTopic[Order]):
    stem = "parcel"
    lookup = ORDER

    async def about_record(self, turn: Turn, record: Order) -> None:
        shipment: Shipment | None = getattr(record, "shipment", None)
        if record.status == OrderStatus.SHIPPED and shipment:
            tell_shipment(turn, record, shipment)
        else:
            turn.say(f"utter_parcel_{record.status}", **order_values(record))


def order_values(order: Order) -> dict[str, Any]:
    """What any reply about an order may name."""
    return {
        "number": order.number,
        "product": french.enumeration([line.product for line in order.lines.all()]),
        "seller": order.seller.name,
        "placed_on": french.day(clock.paris_date(order.placed_at)),
    }


def tell_shipment(turn: Turn, order: Order, shipment: Shipment) -> None:
    """Say when and by whom the parcel was shipped, whether it arrived, and how to follow it."""
    values = order_values(order) | {
        "carrier": shipment.carrier,
        "shipped_on": french.day(clock.paris_date(shipment.shipped_at)),
    }
    if shipment.delivered_at:
        turn.say("utter_parcel_delivered", delivered_on=french.day(clock.paris_date(shipment.delivered_at)), **values)
    else:
        turn.say("utter_parcel_shipped", **values)
    if not shipment.tracking_number:
        turn.say("utter_parcel_no_tracking")
        return
    turn.say("utter_parcel_tracking", tracking_number=shipment.tracking_number, tracking_url=shipment.tracking_url)
    if not shipment.delivered_at and may_not_show_yet(clock.now(), shipment.shipped_at):
        turn.say("utter_parcel_tracking_soon")
