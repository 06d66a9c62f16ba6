"""How to reach the seller (SEL-1, SEL-2); for one order, who it is."""

from actions.lookup_base import ORDER, LookupTopic
from actions.orders import order_values
from actions.turn import Turn
from shop.records import OrderRecord


class Seller(LookupTopic[OrderRecord]):
    key = "seller"
    lookup = ORDER
    record_questions = frozenset({"how", "who"})

    async def answer_record(self, turn: Turn, record: OrderRecord, question: str) -> None:
        turn.say("utter_seller_of_order", **order_values(record))
