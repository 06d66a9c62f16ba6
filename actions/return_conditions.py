"""Whether a product may be returned: the conditions (RET-1 to RET-5); for one order, its deadline or exclusion."""

from actions.deadlines import answer_withdrawal
from actions.lookup_base import ORDER, LookupTopic
from actions.turn import Turn
from actions.withdrawal import say_refurbished, say_right
from shop.order_card import right_of
from shop.records import OrderRecord


class ReturnConditions(LookupTopic[OrderRecord]):
    key = "return_conditions"
    lookup = ORDER
    record_questions = frozenset({"deadline", "too_late"})
    # « Mon iPhone reconditionné PX48221679, je peux le rendre ? »: with a number, its own deadline answers.
    with_number = frozenset({"general", "refurbished", "used", "opened", "any_seller"})

    async def answer_topic(self, turn: Turn, question: str) -> None:
        if not await answer_withdrawal(turn, question):
            await super().answer_topic(turn, question)

    def is_answered_by_record(self, turn: Turn, question: str) -> bool:
        names_order = bool(turn.entity(ORDER.number_slot)) and question.partition("/")[2] in self.with_number
        return names_order or super().is_answered_by_record(turn, question)

    async def answer_record(self, turn: Turn, record: OrderRecord, question: str) -> None:
        right = right_of(record)
        say_right(turn, record, right)
        say_refurbished(turn, record, right)
