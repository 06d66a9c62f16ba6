"""Cancelling a trade-in: possible until the device is shipped (TRD-3)."""

from typing import Any

from actions.lookup_base import TRADEIN, LookupTopic
from actions.turn import Turn
from shop import clock, formatting
from shop.models import TradeIn
from shop.rules.tradein import may_cancel
from shop.status import TradeInStatus


class TradeInCancellation(LookupTopic[TradeIn]):
    key = "tradein_cancellation"
    lookup = TRADEIN
    record_questions = frozenset({"how", "shipped"})

    async def answer_record(self, turn: Turn, record: TradeIn, question: str) -> None:
        values: dict[str, Any] = {"number": record.number, "device": record.device}
        status = TradeInStatus(record.status)
        if may_cancel(status):
            turn.say("utter_tradein_cancellable", **values)
        elif status is TradeInStatus.CANCELLED:
            turn.say("utter_tradein_already_cancelled", **values)
        elif status is TradeInStatus.RECEIVED:
            turn.say("utter_tradein_received", **values)
        elif record.shipped_at:
            turn.say(
                "utter_tradein_shipped", shipped_on=formatting.full_date(clock.paris_date(record.shipped_at)), **values
            )
        else:
            turn.say("utter_tradein_sent", **values)
