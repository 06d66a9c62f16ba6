"""A day or a time after an answer about a deadline or the phone line asks about that, whatever the words around it.

« reçu le 16 », « et le 5 décembre ? » or « vers 19 h ? » name nothing else; the classifier reads them as anything.
"""

import re

from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME

from bot.nlu.model import topic_of
from shop import clock
from shop.said_dates import read, said_dates
from shop.said_times import said_times

DEADLINE, REFUND, HOURS = "ask_return_conditions/deadline", "ask_refund/delay", "contact_support/hours"
# The topic of the previous question → the question that a day asks after it.
ASKS = {
    "ask_withdrawal": DEADLINE, "ask_return_conditions": DEADLINE, "ask_refund": REFUND, "contact_support": HOURS,
}  # fmt: skip
# Readings that name no topic.
VAGUE = frozenset({
    "follow_up", "ask_duration", "clarify", "inform", "correct", "affirm", "deny", "greet", "thank", "goodbye",
    "repair", "out_of_scope", "have_access", "no_access", "change_number", "third_party", "stop",
    DEFAULT_NLU_FALLBACK_INTENT_NAME,
})  # fmt: skip
# « j'ai reçu le colis aujourd'hui »
ARRIVED = "where_is_parcel/received"
# Questions that a day does not change, if they are read surely.
SURE = 0.6
FEW_WORDS = 6
DATED = frozenset({
    DEADLINE, "ask_return_conditions/too_late", "ask_withdrawal/how", "ask_withdrawal/credit",
    REFUND, "ask_refund/not_received", HOURS, "contact_support/holiday",
})  # fmt: skip
# These tell what happened on the day.
OF_THE_RETURN = frozenset({
    "ask_withdrawal/no_notice", "ask_withdrawal/received", "ask_withdrawal/refused_parcel",
    "ask_return_conditions/check", "ask_return_conditions/refused",
})  # fmt: skip
# A day does not change these: « reçu vendredi, je m'en suis servi, c'est mort ? »
OF_THE_STATE = frozenset({"ask_return_conditions/used", "ask_return_conditions/opened"})
_COMPARES = re.compile(
    r"\btrop tard\b|\bdans les (?:temps|delais)|\bc'?est (?:bon|ca|mort)\b|\bca passe\b|\bjusqu'?(?:a|au)\b"
    r"|(?<!passe ce )(?<!passe le )\bdelai"
    r"|\bencore (?:le droit|temps|possible|jours?)|\bj'?ai (?:encore )?(?:le droit|le temps)"
)
_TODAY = re.compile(
    r"\bon est (?:le )?(?:combien|quel jour)|\bquel jour (?:on est|sommes)|\bca (?:fait|donne|tombe) (?:quel|quand)"
    r"|\bquelle date\b|\b(?:reste|encore) (?:combien|cb)\b|\bcombien de (?:jours?|temps)\b.{0,12}\breste"
)
_OF_THE_PHONE = re.compile(r"\b(?:rien|pas|jamais|appel\w*|joindre|ligne|tel\w*)\b")
_RECEIVED = re.compile(r"\b(?:re[cs]u|livre|receptionne)e?s?\b|\bretracter?\b")
_WEEKEND = re.compile(r"\bweek[- ]?ends?\b|\bwe\b")


def asked_about_day(text: str, read_as: str, confidence: float, before: str) -> str | None:
    """The question that the message asks with its day, after the question `before`; None if it asks what was read.

    A few words with a day tell it (« c'était livré le 16 »); « trop tard ? » compares it.
    """
    topic = topic_of(read_as)
    asks = ASKS.get(topic if read_as in DATED else topic_of(before)) or ASKS.get(topic)
    if asks == HOURS and _RECEIVED.search(read(text)) and not _OF_THE_PHONE.search(read(text)):
        asks = DEADLINE  # « il me reste combien de jours si je l'ai reçu samedi ? » after the phone's hours
    if asks is None or not (_names_time(text) if asks == HOURS else _names_day(text)):
        return None
    if read_as in OF_THE_STATE and confidence >= SURE:
        return None
    if read_as in DATED:
        return read_as
    if ASKS.get(topic) == asks:
        tells = len(text.split()) <= FEW_WORDS and ASKS.get(topic_of(before)) == asks and read_as not in OF_THE_RETURN
        return asks if tells or _COMPARES.search(read(text)) or confidence < SURE else None
    return asks if topic in VAGUE or read_as == ARRIVED or confidence < SURE else None


def without_repetition(questions: list[str]) -> list[str]:
    """One question about a day answers the others about the same: the signature of a credit, and the deadline."""
    first: dict[str, str] = {}
    for question in questions:
        first.setdefault(ASKS[topic_of(question)] if question in DATED else question, question)
    return list(first.values())


def _names_day(text: str) -> bool:
    said = read(text)
    return bool(said_dates(said, clock.paris_date(clock.now())) or _TODAY.search(said))


def _names_time(text: str) -> bool:
    """Whether it names a time or a day to come: « depuis trois semaines » asks about no opening."""
    said, today = read(text), clock.paris_date(clock.now())
    to_come = any(one.day and one.day >= today for one in said_dates(said, today, ahead=True))
    return to_come or said_times(said) is not None or bool(_WEEKEND.search(said))
