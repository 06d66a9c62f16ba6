"""Where is my parcel: the order's status (ORD-2), and what the seller communicated (ORD-3, ORD-4, TRK-1)."""

from actions import french, orders
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
        elif record.status == OrderStatus.SHIPPED:
            turn.say("utter_parcel_shipped_unknown", card=orders.card(record), **orders.order_values(record))
            turn.say("utter_parcel_no_tracking")
        else:
            turn.say(f"utter_parcel_{record.status}", card=orders.card(record), **orders.order_values(record))


def tell_shipment(turn: Turn, order: Order, shipment: Shipment) -> None:
    """Say when and by whom the parcel was shipped, whether it arrived, and how to follow it."""
    values = orders.order_values(order) | {
        "carrier": shipment.carrier,
        "shipped_on": french.day(clock.paris_date(shipment.shipped_at)),
    }
    if shipment.delivered_at:
        delivered_on = french.day(clock.paris_date(shipment.delivered_at))
        turn.say("utter_parcel_delivered", card=orders.card(order), delivered_on=delivered_on, **values)
    else:
        turn.say("utter_parcel_shipped", card=orders.card(order), **values)
    if not shipment.tracking_number:
        turn.say("utter_parcel_no_tracking")
        return
    if shipment.tracking_url:
        turn.say("utter_parcel_tracking", tracking_number=shipment.tracking_number, tracking_url=shipment.tracking_url)
    else:
        turn.say("utter_parcel_tracking_number", tracking_number=shipment.tracking_number)
    if not shipment.delivered_at and may_not_show_yet(clock.now(), shipment.shipped_at):
        turn.say("utter_parcel_tracking_soon")
