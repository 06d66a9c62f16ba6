"""May this product go back: the conditions (RET-1 to RET-5) and, for one order, its deadline or exclusion."""

from actions.lookup_topic import ORDER, LookupTopic
from actions.orders import right_of
from actions.turn import Turn
from actions.withdrawal import tell_refurbished, tell_right
from shop.models import Order


class ReturnConditions(LookupTopic[Order]):
    stem = "return_conditions"
    lookup = ORDER
    of_record = frozenset({"deadline", "too_late"})

    async def about_record(self, turn: Turn, record: Order, question: str) -> None:
        right = right_of(record)
        tell_right(turn, record, right)
        tell_refurbished(turn, record, right)
