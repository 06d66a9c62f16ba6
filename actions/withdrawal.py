"""Withdrawal from an order: its deadline or why there is none (WDR-1, RET-4), how to declare it (WDR-3, WDR-5)."""

import re

from actions.deadlines import answer_withdrawal
from actions.lookup_base import ORDER, LookupTopic
from actions.orders import order_values
from actions.turn import Turn
from shop import clock, formatting
from shop.order_card import card, right_of
from shop.records import OrderRecord
from shop.rules.withdrawal import Withdrawal as Right
from shop.rules.withdrawal import WithdrawalState
from shop.said_dates import read

RETURNABLE = frozenset(WithdrawalState) - {WithdrawalState.PAST, WithdrawalState.EXCLUDED, WithdrawalState.CANCELLED}
# The deadline is not past, so that a written statement sent now is in time (WDR-3).
STATEMENT_COUNTS = frozenset({WithdrawalState.OPEN, WithdrawalState.NOT_DELIVERED})
# A message about a refused parcel and a written statement may be classified as any of these questions.
WRITTEN = frozenset(f"ask_withdrawal/{name}" for name in ("refused_parcel", "form", "no_notice", "how"))
REFUSED_AND_WRITTEN = "utter_refused_and_written"
REFUSAL_REPLIES = {"utter_ask_withdrawal/refused_parcel", REFUSED_AND_WRITTEN}
_WRITES = re.compile(
    r"(?<!sans )\b(?:j'?ecri\w*|ecrit\w*|ecrire|courrier|lettre|message|declar\w*|previen\w*|prevenu)\b"
)
_IS_ENOUGH = re.compile(
    r"\bc'?est (?:bon|ok|ca|valable)\b|\bsuffi\w*|\bvaut\b|\bca (?:marche|passe|compte|va)\b|\bvalable\b"
)
# « J'ai jamais pris de crédit », about an order with a credit contract.
_NO_CREDIT = re.compile(r"\b(?:jamais|pas|sans|aucun|ni)\b.{0,15}\bcredit\b")


class Withdrawal(LookupTopic[OrderRecord]):
    key = "withdrawal"
    lookup = ORDER
    record_questions = frozenset({"how", "form", "credit"})

    async def answer_topic(self, turn: Turn, question: str) -> None:
        if question in WRITTEN and _refuses_and_writes(turn):
            turn.say(REFUSED_AND_WRITTEN)
        elif not await answer_withdrawal(turn, question):
            await super().answer_topic(turn, question)

    async def answer_record(self, turn: Turn, record: OrderRecord, question: str) -> None:
        right = right_of(record)
        if question == "form" and right.state in STATEMENT_COUNTS:
            say_statement(turn, record)
            return
        say_right(turn, record, right)
        say_refurbished(turn, record, right)


def _refuses_and_writes(turn: Turn) -> bool:
    """« si je refuse le colis et que j'écris, c'est bon ? »: yes, because the written statement counts (WDR-3)."""
    text = read(turn.message)
    refuses = "refus" in text or not REFUSAL_REPLIES.isdisjoint(turn.last_answer())
    return refuses and bool(_WRITES.search(text) and _IS_ENOUGH.search(text))


def say_right(turn: Turn, order: OrderRecord, right: Right) -> None:
    """Say until when the customer may withdraw, or why they cannot (yet)."""
    state = f"{right.state.value}_credit" if order.has_credit and right.deadline else right.state.value
    values = order_values(order)
    if right.deadline and right.start:
        values |= {"deadline": formatting.full_date(right.deadline), "start": formatting.full_date(right.start)}
    if order.has_credit and right.start and _NO_CREDIT.search(read(turn.message)):
        turn.say("utter_withdrawal_credit_denied", **values)
        return
    if right.days_left is not None:
        values["days_left"] = formatting.days_left(right.days_left)
    turn.say(f"utter_withdrawal_{state}", card=card(order), **values)
    if right.state is WithdrawalState.OPEN and order.personalised:
        turn.say("utter_withdrawal_partly_excluded", excluded=formatting.products(order.personalised))


def say_refurbished(turn: Turn, order: OrderRecord, right: Right) -> None:
    """Say how to prepare a refurbished device for the return (RET-3), if it may be returned."""
    if right.state in RETURNABLE and order.is_refurbished:
        turn.say("utter_return_refurbished")


def say_statement(turn: Turn, order: OrderRecord) -> None:
    """Give a written statement to copy (WDR-3), for the products that may be returned (RET-4)."""
    to_seller = order.seller and formatting.of(order.seller)
    values = order_values(order) | {"product": formatting.products(order.returnable), "of_seller": to_seller}
    turn.say("utter_withdrawal_statement", today=formatting.full_date(clock.paris_date(clock.now())), **values)
