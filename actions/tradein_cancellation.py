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
# « J'ai envoyé mon Galaxy pour la reprise, je peux annuler ? »
_SENT = re.compile(
    r"\b(?:ai|a|est|avons)\s+(?:déjà |deja |bien )?(?:envoyé|posté|expédié|parti|déposé)\w*|\bd[ée]j[àa] parti",
    re.IGNORECASE,
)
HOW, SHIPPED = "cancel_tradein/how", "cancel_tradein/shipped"
# What a trade-in's number alone asks for: only a `lookup_question`, no reply has its name.
STATE = "cancel_tradein/state"


class TradeInCancellation(LookupTopic[TradeInRecord]):
    key = "tradein_cancellation"
    lookup = TRADEIN
    record_questions = frozenset({"how", "shipped"})

    async def answer_topic(self, turn: Turn, question: str) -> None:
        if question in (HOW, SHIPPED) and _NOT_SENT.search(turn.message):
            question = HOW
        elif question in (HOW, SHIPPED) and _has_sent(turn):
            question = SHIPPED
            turn.set(question=question)
        await super().answer_topic(turn, question)

    async def answer_record(self, turn: Turn, record: TradeInRecord, question: str) -> None:
        shipped_on = formatting.full_date(record.shipped_on) if record.shipped_on else None
        about = "state_" if question == "state" else ""
        if about:
            turn.set(question=HOW)  # what a follow-up is about
        values: dict[str, Any] = {"number": record.number, "device": record.device, "shipped_on": shipped_on}
        if record.status is None:
            turn.say(f"utter_tradein_{about}unknown", **values)
        elif may_cancel(record.status):
            turn.say(f"utter_tradein_{about}cancellable", **values)
        else:
            turn.say(f"utter_tradein_{about}{record.status.value}", **values)


def _has_sent(turn: Turn) -> bool:
    """Whether this message or one shortly before says so: « je l'ai envoyé hier », and then « je peux annuler ? »."""
    return any(_SENT.search(text) for text in [*turn.recent_texts(), turn.message])
