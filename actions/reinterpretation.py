"""Replaces the classified question where the words mean another one after the previous topic (reinterpretation.yml)."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import yaml

from actions import tone, topics
from actions.said_days import AND_IF_NOT, RETURNED
from actions.templates import asks_for_template
from actions.turn import Turn
from shop.said_dates import read

TABLE = Path(__file__).with_name("reinterpretation.yml")
SHOP, TRADEIN, STATE, TEMPLATE = (
    "out_of_scope/shop",
    "out_of_scope/tradein_price",
    "where_is_parcel/where",
    "follow_up/template",
)
_NO_TRADEIN = re.compile(r"\bpas (?:d['’ ]?une?|la|ma|de) reprise\b", re.IGNORECASE)
# A message that mentions an order is about it, even after a trade-in.
_MENTIONS_ORDER = re.compile(
    r"\b(?:command\w*|achats?|achet\w+|colis|paquets?|livr\w+|r[ée]tract\w*|retour\w*|renvo\w+|vendeurs?|reconditionn\w*)\b",
    re.IGNORECASE,
)
_NAMES_ONE_NUMBER = re.compile(
    r"(?!.*\b(?:commande|cmd|px|diff[ée]ren|m[eê]mes?\b|deux\b)).*\bsuivi\b.*", re.IGNORECASE | re.DOTALL
)
_STILL_NOTHING = re.compile(r"\bsi\b.{0,40}\b(?:rien|toujours pas|pas (?:recu|arrive|venu|livre)\w*)\b")
_EVEN_IF = re.compile(r"\bm[eê]me s[i'’]", re.IGNORECASE)
EXCLUDED = ("ask_return_conditions/personalised", "ask_return_conditions/excluded")
_PAYS = re.compile(r"\bpa[iy]e?ment|\bcarte\b|\bd[ée]bit|\bpr[ée]l[eè]v|\btransaction|\bpaypal", re.IGNORECASE)

# Minimum probability of the question that replaces the one that was just answered.
MIN_INSTEAD = 0.05
# Answers that another answer includes: one bubble says it.
INCLUDED = {
    "ask_refund/want": {"ask_withdrawal/how", "ask_return_conditions/general"},
    "ask_refund/who": {"contact_seller/who", "contact_seller/role"},
    "ask_refund/lost_parcel": {
        "where_is_parcel/lost", "where_is_parcel/not_delivered",
        "ask_refund/want", "ask_refund/delay", "ask_refund/who",
    },
    "ask_refund/return_lost": {
        "ask_refund/not_received", "ask_return_conditions/refused",
        "contact_seller/no_answer", "contact_seller/refuses",
    },
    "ask_withdrawal/credit": {"ask_return_conditions/deadline", "cancel_order/how"},
    "ask_return_conditions/used": {"ask_return_conditions/refused", "ask_return_conditions/general"},
    "ask_return_conditions/packaging": {"ask_return_conditions/refused"},
    "ask_return_conditions/faulty": {"ask_withdrawal/how", "product_not_working/what_to_do"},
    "ask_return_conditions/refused": {"ask_refund/delay", "ask_refund/want"},
    "cancel_order/or_withdraw": {"cancel_order/how", "ask_withdrawal/how"},
    "contact_seller/who": {"contact_seller/how"},
    "contact_seller/role": {"contact_seller/who", "contact_seller/how"},
    "contact_seller/gone": {"contact_seller/no_answer", "contact_support/contact", "product_not_working/repair"},
    "contact_seller/refuses": {"contact_seller/no_answer", "contact_support/contact", "contact_seller/how"},
    "contact_seller/no_answer": {"contact_support/contact", "contact_support/no_answer"},
    "contact_support/complaint": {"contact_support/contact", "contact_support/email", "contact_seller/how"},
    "contact_support/passed_on": {
        "contact_seller/no_answer", "contact_seller/refuses", "contact_support/contact", "contact_support/no_answer",
    },
    "contact_support/phone": {"contact_support/hours", "contact_support/price"},
    "contact_support/contact": {"contact_support/hours", "contact_support/phone", "contact_support/email"},
    "create_account/no_mail": {"create_account/how"},
    "create_account/twice": {"create_account/how"},
    "create_account/not_mine": {"create_account/how", "create_account/twice"},
    "exercise_data_rights/erase": {"create_account/how", "exercise_data_rights/how"},
    "product_not_working/dangerous": {"product_not_working/what_to_do"},
    "product_not_working/proof": {"product_not_working/warranty_length"},
    "product_not_working/repair": {"product_not_working/what_to_do", "contact_seller/how"},
    "report_damaged_parcel/box_intact": {"report_damaged_parcel/what_to_do", "product_not_working/what_to_do"},
    "report_damaged_parcel/no_slip": {"ask_refund/want", "report_damaged_parcel/outcome"},
    "reset_password/no_mail": {"reset_password/how"},
    "reset_password/old_address": {"reset_password/how", "reset_password/no_mail"},
    "track_delivery/carrier": {"where_is_parcel/where"},
    "unlock_account_device/previous_owner": {"unlock_account_device/how", "unlock_account_device/password"},
    "update_personal_info/order_address": {"update_personal_info/how"},
    "where_is_parcel/notice": {"where_is_parcel/where", "where_is_parcel/not_delivered", "track_delivery/how"},
    "where_is_parcel/pending": {"where_is_parcel/where"},
    "where_is_parcel/validated": {"where_is_parcel/where"},
}  # fmt: skip

# « La différence entre validée et expédiée ? »: one answer names all statuses (ORD-2).
STATUSES = {"where_is_parcel/pending", "where_is_parcel/validated", "where_is_parcel/shipped"}


def reinterpret(turn: Turn) -> list[str]:
    """The questions of this message: the first reinterpreted after the previous answer, the others after the first.

    Questions of buttons are not reinterpreted.
    """
    if turn.entity("question"):
        return turn.questions
    if number := turn.entity("order_number"):
        # « laissez tomber la reprise. Mon colis PX… »: an order's number never belongs to a trade-in.
        leaves_tradein = "x" in number.lower() and all("tradein" in question for question in turn.questions)
        return [STATE] if leaves_tradein else turn.questions
    if asks_for_template(turn):
        return [TEMPLATE]
    mentions_order = bool(_MENTIONS_ORDER.search(turn.message))
    before = turn.slot("question") or ""
    if topics.intent_of(before) == "unlock_account_device" and _is_about_tradein(turn):
        before = TRADEIN  # « et mon argent ? » after the steps for a device that was traded in
    first, *further = [_meant(read, before, mentions_order) for read in turn.questions]
    if topics.intent_of(first) == "where_is_parcel" and not mentions_order and _awaits_refund(turn):
        first = "ask_refund/not_received"
    elif first in (STATE, "where_is_parcel/when") and _is_waiting(before) and _STILL_NOTHING.search(read(turn.message)):
        first = "where_is_parcel/lost"  # « et si demain je n'ai toujours rien ? »
    if first == "where_is_parcel/numbers" and _NAMES_ONE_NUMBER.fullmatch(turn.message):
        first = "track_delivery/how"  # « le numéro de suivi, c'est quoi déjà ? »
    if before in EXCLUDED and _EVEN_IF.search(turn.message) and topics.intent_of(first) == "ask_return_conditions":
        first = before  # « même si je l'ai depuis 3 jours ? »: the days change nothing (RET-4)
    if before == SHOP and topics.intent_of(first) == "ask_refund" and _is_about_payment(turn):
        first = SHOP  # « je récupère mon argent quand ? » of a payment: nothing was sent back
    if "tradein" in first and _NO_TRADEIN.search(turn.message):
        first = _likeliest_but(turn, first, lambda question: "tradein" in question)
    if first == before and tone.corrects(turn.message):
        first = _likeliest_but(turn, first, lambda question: question == before)
    further = [_meant(read, first, mentions_order) for read in further]
    for other in further:  # « mon droit d'accès, j'écris à quelle adresse ? »
        first = _meant(first, other, mentions_order)
    if first in STATUSES and STATUSES.intersection(further):
        first, further = "where_is_parcel/statuses", [one for one in further if one not in STATUSES]
    said = set().union(*(INCLUDED.get(question, set()) for question in (first, *further)))
    # Two questions may mean the same one; what was just answered comes again only if it is all that is asked.
    said |= {before}.intersection(turn.questions) - {first}
    return [question for question in dict.fromkeys([first, *further]) if question not in said]


def _awaits_refund(turn: Turn) -> bool:
    """« Et si le 9 décembre j'ai toujours rien ? », once the day of the return is known."""
    return RETURNED in (turn.slot("said_days") or {}) and bool(AND_IF_NOT.search(read(turn.message)))


def _is_waiting(before: str) -> bool:
    return topics.intent_of(before) in ("where_is_parcel", "track_delivery")


def _is_about_payment(turn: Turn) -> bool:
    """Whether one of the last two messages was about a payment."""
    return any(_PAYS.search(event.get("text") or "") for event in turn.messages()[-3:])


def _is_about_tradein(turn: Turn) -> bool:
    """Whether the conversation spoke of a trade-in before."""
    return any(topic.startswith("tradein") for topic in turn.values_of("topic"))


def _likeliest_but(turn: Turn, read_as: str, denied: Callable[[str], bool]) -> str:
    """« Non, je vous demande quel écrit ! » read as what was just answered: the likeliest other question is meant."""
    worth = (question for question, probability in turn.question_ranking if probability >= MIN_INSTEAD)
    others = (one for one in worth if not denied(one) and topics.intent_of(one) in topics.TOPIC_KEYS)
    return next(others, read_as)


def _meant(read: str, before: str, mentions_order: bool) -> str:
    """The question that the classified one means after `before`; the same if the table has no cell for it."""
    cells = table().get(topics.intent_of(before), {}) | table().get(before, {})
    meant = cells.get(read, read)
    return read if mentions_order and "tradein" in meant else meant


@cache
def table() -> dict[str, dict[str, str]]:
    """{previous question or topic: {classified question: intended question}}"""
    loaded: dict[str, dict[str, str]] = yaml.load(TABLE.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return loaded
