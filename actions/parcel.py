"""Where the parcel is: the order's status (ORD-2), and what the seller communicated (ORD-3, ORD-4, TRK-1)."""

from actions import orders
from actions.base import say_question
from actions.lookup_base import ORDER, LookupTopic
from actions.turn import Turn
from shop.order_card import card
from shop.records import OrderRecord

DELIVERED, UNKNOWN = "delivered", "unknown"
# For « c'est bloqué »: the order's status → the reply.
_STUCK = {
    "pending": "utter_parcel_stuck_not_shipped",
    "validated": "utter_parcel_stuck_not_shipped",
    "shipped": "utter_parcel_stuck_shipped",
}
# Replies with the tracking number and link.
WITH_TRACKING = frozenset({
    "utter_parcel_shipped", "utter_parcel_when_shipped", "utter_tracking_of_order", "utter_tracking_carrier",
})  # fmt: skip
# For « ça veut dire quoi ? »: the order's status → the question that explains it.
MEANINGS = {"pending": "pending", "validated": "validated", "shipped": "shipped", "cancelled": "why_cancelled"}


class Parcel(LookupTopic[OrderRecord]):
    key = "parcel"
    lookup = ORDER
    record_questions = frozenset({"where", "when", "why_cancelled", "registered", "statuses", "contents"})

    def is_answered_by_record(self, turn: Turn, question: str) -> bool:
        """A message with an order number asks about that order, whatever its question is.

        « Expédiée ? » after a look-up is about that order too.
        """
        of_known = ORDER.is_complete(turn) and question.partition("/")[2] in {*_STUCK, "lost"}
        return bool(turn.entity(ORDER.number_slot)) or of_known or super().is_answered_by_record(turn, question)

    async def answer_record(self, turn: Turn, record: OrderRecord, question: str) -> None:
        state, values = state_of(record), orders.order_values(record)
        if question == "statuses" and state in MEANINGS and _status_was_given(turn):
            turn.say(f"utter_where_is_parcel/{MEANINGS[state]}")
        elif question in _STUCK and question == state and _status_was_given(turn):
            say_question(turn, f"where_is_parcel/{question}")
        elif question == "when":
            suffix = "_told" if state == "shipped" and gave_tracking(turn) else ""
            turn.say(f"utter_parcel_when_{state}{suffix}", **values)
        elif question == "lost" and (stuck := _STUCK.get(state)):
            turn.say(stuck, **values)
        elif question == "contents":
            turn.say("utter_parcel_contents", **values)
        else:
            turn.say(f"utter_parcel_{state}", card=card(record), **values)


def gave_tracking(turn: Turn) -> bool:
    """Whether an earlier answer gave the tracking link."""
    return not WITH_TRACKING.isdisjoint(_said(turn))


def _status_was_given(turn: Turn) -> bool:
    """Whether an earlier answer contained the order's status, so that « ça veut dire quoi ? » asks about it."""
    return not turn.entity(ORDER.number_slot) and any(name.startswith("utter_parcel_") for name in _said(turn))


def _said(turn: Turn) -> set[str]:
    """The names of all replies so far."""
    return set().union(*turn.answers())


def state_of(order: OrderRecord) -> str:
    """The order's status, or `delivered` if the seller gave a delivery date (TRK-1)."""
    if order.status is None:
        return UNKNOWN
    return DELIVERED if order.delivered_on else order.status.value
