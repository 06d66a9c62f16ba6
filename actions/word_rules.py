"""Questions that a message's words mean after the previous answer, where its classification is not enough."""

import re
from dataclasses import dataclass

from actions import topics
from actions.said_days import AND_IF_NOT, RETURNED
from actions.turn import Turn
from shop.said_dates import read

SHOP = "out_of_scope/shop"
_PAYS = re.compile(r"\bpa[iy]e?ment|\bcarte\b|\bdebit|\bprelev|\btransaction|\bpaypal")


@dataclass(frozen=True)
class Rule:
    """After one of `before` (none: after anything), what is read as one of `read_as` means `meant` with these words.

    `before` and `read_as` are questions or topics; `meant` is a question, or None for the previous one.
    """

    read_as: tuple[str, ...]
    words: re.Pattern[str]
    meant: str | None
    before: tuple[str, ...] = ()

    def applies(self, read_as: str, before: str, text: str) -> bool:
        follows = not self.before or _is_one_of(before, self.before)
        return follows and _is_one_of(read_as, self.read_as) and bool(self.words.search(text))


RULES = (
    # « et si demain je n'ai toujours rien ? »
    Rule(
        ("where_is_parcel/where", "where_is_parcel/when"),
        re.compile(r"\bsi\b.{0,40}\b(?:rien|toujours pas|pas (?:recu|arrive|venu|livre)\w*)\b"),
        "where_is_parcel/lost",
        ("where_is_parcel", "track_delivery"),
    ),
    # « le numéro de suivi, c'est quoi déjà ? » names one number, not two
    Rule(
        ("where_is_parcel/numbers",),
        re.compile(r"^(?!.*\b(?:commande|cmd|px|differen|memes?\b|deux\b)).*\bsuivi\b", re.DOTALL),
        "track_delivery/how",
    ),
    # « le numéro de commande et le numéro de suivi, c'est le même ? »
    Rule(
        ("track_delivery",),
        re.compile(r"^(?=.*\bcommande)(?=.*\bsuivi).*\b(?:le meme|pareil|differen|lequel|identique)", re.DOTALL),
        "where_is_parcel/numbers",
    ),
    # « même si je l'ai depuis 3 jours ? »: the days change nothing (RET-4)
    Rule(
        ("ask_return_conditions",),
        re.compile(r"\bmeme s[i']"),
        None,
        ("ask_return_conditions/personalised", "ask_return_conditions/excluded"),
    ),
)


def meant_by_words(turn: Turn, read_as: str, before: str, mentions_order: bool) -> str:
    """The question that the message's words mean after `before`; the same if no rule applies."""
    text, topic = read(turn.message), topics.intent_of(read_as)
    if topic == "where_is_parcel" and not mentions_order and _awaits_refund(turn, text):
        return "ask_refund/not_received"
    if topic == "ask_refund" and before == SHOP and _is_about_payment(turn):
        return SHOP  # « je récupère mon argent quand ? » of a payment: nothing was sent back
    rule = next((rule for rule in RULES if rule.applies(read_as, before, text)), None)
    return (rule.meant or before) if rule else read_as


def _is_one_of(question: str, names: tuple[str, ...]) -> bool:
    return question in names or topics.intent_of(question) in names


def _awaits_refund(turn: Turn, text: str) -> bool:
    """« Et si le 9 décembre j'ai toujours rien ? », once the day of the return is known."""
    return RETURNED in (turn.slot("said_days") or {}) and bool(AND_IF_NOT.search(text))


def _is_about_payment(turn: Turn) -> bool:
    """Whether this message or one of the two before it was about a payment."""
    return any(_PAYS.search(read(event.get("text") or "")) for event in turn.messages()[-3:])
