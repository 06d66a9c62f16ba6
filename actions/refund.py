"""Refunds (REF-1). No fact says when a cancelled order is refunded, so that case has its own reply."""

import re

from actions.base import TopicAction, say_question
from actions.deadlines import answer_refund
from actions.lookup_base import ORDER
from actions.turn import Turn
from shop import access
from shop.status import OrderStatus

OF_CANCELLED = "ask_refund/cancelled_order"
# « Jamais arrivé, je veux mon argent »: nothing can be sent back.
_NEVER_CAME = re.compile(
    r"\bjamais (?:re[çc]u|arriv|livr|eu)"
    r"|\b(?:colis|paquet|commande)\b[^.!?]{0,20}\b(?:perdu|pas (?:re[çc]u|arriv|livr))"
    r"|\bpas (?:re[çc]u|eu) (?:mon|le|ma|la) (?:colis|paquet|commande)",
    re.IGNORECASE,
)
LOST = "ask_refund/lost_parcel"
AFTER_A_LOSS = frozenset({"where_is_parcel/lost", "where_is_parcel/not_delivered", LOST})
CHANGED_BY_CANCELLATION = frozenset({f"ask_refund/{name}" for name in ("delay", "not_received", "want")})
MEANS = "ask_refund/means"
OF_A_RETURN = CHANGED_BY_CANCELLATION | {"ask_refund/who", MEANS}


class Refund(TopicAction):
    key = "refund"

    async def answer_topic(self, turn: Turn, question: str) -> None:
        if question in CHANGED_BY_CANCELLATION | {MEANS} and await _is_cancelled(turn):
            if question == MEANS:
                turn.say("utter_cancelled_means")  # nothing is sent back
                return
            question = OF_CANCELLED
            turn.set(question=question)
        lost = turn.previous_question in AFTER_A_LOSS or _NEVER_CAME.search(turn.message)
        if lost and question in OF_A_RETURN:
            question = LOST
            turn.set(question=question)
        if not answer_refund(turn, question):
            say_question(turn, question)


async def _is_cancelled(turn: Turn) -> bool:
    """Whether the order is cancelled. Without a known order: whether the previous answer was about a cancelled one."""
    if not ORDER.is_complete(turn):
        return turn.previous_question == OF_CANCELLED and not turn.gives_value()
    try:
        order = await ORDER.record(turn)
    except (access.NoMatch, access.Locked):
        return False
    return order.status is OrderStatus.CANCELLED
