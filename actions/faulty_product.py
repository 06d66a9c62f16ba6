"""A faulty product: its warranty (DEF-1) and the steps (DEF-2); for one order, also the seller to contact."""

from actions.lookup_base import ORDER, LookupTopic
from actions.orders import order_values
from actions.turn import Turn
from shop.records import OrderRecord


class FaultyProduct(LookupTopic[OrderRecord]):
    key = "faulty_product"
    lookup = ORDER
    record_questions = frozenset({"what_to_do"})

    async def answer_record(self, turn: Turn, record: OrderRecord, question: str) -> None:
        turn.say("utter_faulty_product_of_order", **order_values(record))
