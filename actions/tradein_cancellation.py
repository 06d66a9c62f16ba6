"""Cancelling a trade-in: possible until the device is shipped (TRD-3)."""

import re
from typing import Any

from actions.lookup_base import TRADEIN, LookupTopic
from actions.turn import Turn
from shop import formatting
from shop.records import TradeInRecord
from shop.rules.tradein import may_cancel

# « J'ai encore le colis chez moi »: the trade-in can be cancelled, however the message was classified.
_NOT_SENT = re.compile(
    r"\b(?:encore|toujours)\b[^.!?,]{0,25}\b(?:chez moi|ici|maison|avec moi|sous la main|bureau)\b"
    r"|\bpas (?:encore )?(?:envoy|exp[ée]di|post|parti|d[ée]pos)\w*|\b(?:chez moi|[àa] la maison) (?:encore|toujours)",
    re.IGNORECASE,
)


class TradeInCancellation(LookupTopic[TradeInRecord]):
    key = "tradein_cancellation"
    lookup = TRADEIN
    record_questions = frozenset({"how", "shipped"})

    async def answer_topic(self, turn: Turn, question: str) -> None:
        not_sent = question == "cancel_tradein/shipped" and _NOT_SENT.search(turn.message)
        await super().answer_topic(turn, "cancel_tradein/how" if not_sent else question)

    async def answer_record(self, turn: Turn, record: TradeInRecord, question: str) -> None:
        shipped_on = formatting.full_date(record.shipped_on) if record.shipped_on else None
        values: dict[str, Any] = {"number": record.number, "device": record.device, "shipped_on": shipped_on}
        if record.status is None:
            turn.say("utter_tradein_unknown", **values)
        elif may_cancel(record.status):
            turn.say("utter_tradein_cancellable", **values)
        else:
            turn.say(f"utter_tradein_{record.status.value}", **values)
