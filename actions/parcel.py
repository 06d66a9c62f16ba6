"""Where the parcel is: the order's status (ORD-2), and what the seller communicated (ORD-3, ORD-4, TRK-1)."""

from actions import orders
from actions.lookup_base import ORDER, LookupTopic
from actions.turn import Turn
from shop.records import OrderRecord

DELIVERED, UNKNOWN = "delivered", "unknown"
# For « ça veut dire quoi ? »: the order's status → the question that explains it.
MEANINGS = {"pending": "pending", "validated": "validated", "shipped": "shipped", "cancelled": "why_cancelled"}


class Parcel(LookupTopic[OrderRecord]):
    key = "parcel"
    lookup = ORDER
    record_questions = frozenset({"where", "when", "why_cancelled", "registered", "statuses", "contents"})

    def is_answered_by_record(self, turn: Turn, question: str) -> bool:
        """A message with an order number asks about that order, whatever the question."""
        return bool(turn.entity(ORDER.number_slot)) or super().is_answered_by_record(turn, question)

    async def answer_record(self, turn: Turn, record: OrderRecord, question: str) -> None:
        state, values = state_of(record), orders.order_values(record)
        if question == "statuses" and state in MEANINGS and _was_told(turn):
            turn.say(f"utter_where_is_parcel/{MEANINGS[state]}")
        elif question == "when":
            turn.say(f"utter_parcel_when_{state}", **values)
        elif question == "contents":
            turn.say("utter_parcel_contents", **values)
        else:
            turn.say(f"utter_parcel_{state}", card=orders.card(record), **values)


def _was_told(turn: Turn) -> bool:
    """Whether the last answer contained the order's status, so that « ça veut dire quoi ? » asks about it."""
    said = {name for names in turn.answers() for name in names}
    return not turn.entity(ORDER.number_slot) and any(name.startswith("utter_parcel_") for name in said)


def state_of(order: OrderRecord) -> str:
    """The order's status, or `delivered` if the seller gave a delivery date (TRK-1)."""
    if order.status is None:
        return UNKNOWN
    return DELIVERED if order.delivered_on else order.status.value
