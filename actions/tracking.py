"""How to track a delivery (TRK-1, ORD-3, ORD-4), and the carrier of one order."""

from actions import orders
from actions.lookup_base import ORDER, LookupTopic
from actions.parcel import gave_tracking, state_of
from actions.turn import Turn
from shop.order_card import card
from shop.records import OrderRecord
from shop.status import OrderStatus

NOT_SHIPPED = frozenset({OrderStatus.PENDING, OrderStatus.VALIDATED})


class Tracking(LookupTopic[OrderRecord]):
    key = "tracking"
    lookup = ORDER
    record_questions = frozenset({"how", "no_number", "not_working", "carrier"})

    async def answer_record(self, turn: Turn, record: OrderRecord, question: str) -> None:
        values = orders.order_values(record)
        if record.status in NOT_SHIPPED:
            turn.say("utter_tracking_not_shipped", **values)
            return
        if question == "not_working" and gave_tracking(turn):
            turn.say("utter_tracking_not_recognised", soon=orders.tracking_soon(record), **values)
            return
        if record.status is OrderStatus.SHIPPED and (record.carrier or record.tracking_number):
            name = "utter_tracking_carrier" if question == "carrier" else "utter_tracking_of_order"
        else:
            name = f"utter_parcel_{state_of(record)}"
        turn.say(name, card=card(record), **values)
