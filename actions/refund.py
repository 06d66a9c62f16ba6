"""Refunds (REF-1). No fact says when a cancelled order is refunded, so that case has its own reply."""

from actions.base import TopicAction, say_question
from actions.deadlines import answer_refund
from actions.lookup_base import ORDER
from actions.turn import Turn
from shop import access
from shop.status import OrderStatus

OF_CANCELLED = "ask_refund/cancelled_order"
# Questions with another answer if the order is cancelled.
CHANGED_BY_CANCELLATION = frozenset({"ask_refund/delay", "ask_refund/not_received", "ask_refund/want"})


class Refund(TopicAction):
    key = "refund"

    async def answer_topic(self, turn: Turn, question: str) -> None:
        if question in CHANGED_BY_CANCELLATION and await _is_cancelled(turn):
            question = OF_CANCELLED
            turn.set(question=question)
        if not answer_refund(turn, question):
            say_question(turn, question)


async def _is_cancelled(turn: Turn) -> bool:
    """Whether the order of this conversation is cancelled; False if no order is known."""
    if not ORDER.is_complete(turn):
        return False
    try:
        order = await ORDER.record(turn)
    except (access.NoMatch, access.Locked):
        return False
    return order.status is OrderStatus.CANCELLED
