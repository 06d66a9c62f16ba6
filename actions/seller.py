"""How to reach the seller (SEL-1, SEL-2); for one order, who the seller is."""

from actions.lookup_base import ORDER, LookupTopic
from actions.orders import order_values
from actions.topics import intent_of
from actions.turn import Turn
from shop.records import OrderRecord

ATTACH = "contact_seller/attach"


class Seller(LookupTopic[OrderRecord]):
    key = "seller"
    lookup = ORDER
    record_questions = frozenset({"how", "who"})

    async def answer_topic(self, turn: Turn, question: str) -> None:
        if question == ATTACH and intent_of(turn.previous_question or "") == "report_damaged_parcel":
            turn.say("utter_damage_attach", photos=True)
        else:
            await super().answer_topic(turn, question)

    async def answer_record(self, turn: Turn, record: OrderRecord, question: str) -> None:
        turn.say("utter_seller_of_order", **order_values(record))
