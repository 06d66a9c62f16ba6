"""Cancelling a trade-in: possible until the device is shipped (TRD-3)."""

from typing import Any

from actions.lookup_base import TRADEIN, LookupTopic
from actions.turn import Turn
from shop import formatting
from shop.records import TradeInRecord
from shop.rules.tradein import may_cancel


class TradeInCancellation(LookupTopic[TradeInRecord]):
    key = "tradein_cancellation"
    lookup = TRADEIN
    record_questions = frozenset({"how", "shipped"})

    async def answer_record(self, turn: Turn, record: TradeInRecord, question: str) -> None:
        shipped_on = formatting.full_date(record.shipped_on) if record.shipped_on else None
        values: dict[str, Any] = {"number": record.number, "device": record.device, "shipped_on": shipped_on}
        if record.status is None:
            turn.say("utter_tradein_unknown", **values)
        elif may_cancel(record.status):
            turn.say("utter_tradein_cancellable", **values)
        else:
            turn.say(f"utter_tradein_{record.status.value}", **values)
