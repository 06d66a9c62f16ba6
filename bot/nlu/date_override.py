"""Overrides the classification: a date or a time after an answer about a deadline, refund or hours asks about it too.

« reçu le 16 », « et le 5 décembre ? » or « vers 19 h ? » name no topic, so their classification is arbitrary.
"""

import re

from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME

from bot.nlu.context import topic_of
from shop import clock
from shop.said_dates import read, said_dates
from shop.said_times import said_times

DEADLINE, REFUND, HOURS = "ask_return_conditions/deadline", "ask_refund/delay", "contact_support/hours"
# Topic → the question that a date asks after it.
DATE_QUESTION = {
    "ask_withdrawal": DEADLINE, "ask_return_conditions": DEADLINE, "ask_refund": REFUND, "contact_support": HOURS,
}  # fmt: skip
# Classifications that name no topic.
NO_TOPIC = frozenset({
    "follow_up", "ask_duration", "clarify", "inform", "correct", "affirm", "deny", "greet", "thank", "goodbye",
    "repair", "out_of_scope", "have_access", "no_access", "change_number", "third_party", "stop",
    DEFAULT_NLU_FALLBACK_INTENT_NAME,
})  # fmt: skip
# « j'ai reçu le colis aujourd'hui »
ARRIVED = "where_is_parcel/received"
# From this confidence on, a date does not override the classification.
SURE = 0.6
FEW_WORDS = 6
# Questions whose answer takes a date into account.
DATE_QUESTIONS = frozenset({
    DEADLINE, "ask_return_conditions/too_late", "ask_withdrawal/how", "ask_withdrawal/credit",
    REFUND, "ask_refund/not_received", HOURS, "contact_support/holiday",
})  # fmt: skip
# Statements about the return: a short one with a date does not ask for the deadline.
RETURN_STATEMENTS = frozenset({
    "ask_withdrawal/no_notice", "ask_withdrawal/received", "ask_withdrawal/refused_parcel",
    "ask_return_conditions/check", "ask_return_conditions/refused",
})  # fmt: skip
# Questions about the product's condition, whatever the date: « reçu vendredi, je m'en suis servi, c'est mort ? »
CONDITION_QUESTIONS = frozenset({"ask_return_conditions/used", "ask_return_conditions/opened"})
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
    """The question that the message's date asks after the question `before`; None to keep the classification `read_as`.

    A short message with a date states it (« c'était livré le 16 »); « trop tard ? » compares it.
    """
    topic = topic_of(read_as)
    asks = DATE_QUESTION.get(topic if read_as in DATE_QUESTIONS else topic_of(before)) or DATE_QUESTION.get(topic)
    if asks == HOURS and _RECEIVED.search(read(text)) and not _OF_THE_PHONE.search(read(text)):
        asks = DEADLINE  # « il me reste combien de jours si je l'ai reçu samedi ? » after the phone's hours
    if asks is None or not (_names_time(text) if asks == HOURS else _names_day(text)):
        return None
    if read_as in CONDITION_QUESTIONS and confidence >= SURE:
        return None
    if read_as in DATE_QUESTIONS:
        return read_as
    if DATE_QUESTION.get(topic) == asks:
        follows = DATE_QUESTION.get(topic_of(before)) == asks
        states = follows and len(text.split()) <= FEW_WORDS and read_as not in RETURN_STATEMENTS
        return asks if states or _COMPARES.search(read(text)) or confidence < SURE else None
    return asks if topic in NO_TOPIC or read_as == ARRIVED or confidence < SURE else None


def without_repetition(questions: list[str]) -> list[str]:
    """Of several questions that are answered with the same date, keep the first: a credit's and the deadline, say."""
    first: dict[str, str] = {}
    for question in questions:
        key = DATE_QUESTION[topic_of(question)] if question in DATE_QUESTIONS else question
        first.setdefault(key, question)
    return list(first.values())


def _names_day(text: str) -> bool:
    said = read(text)
    return bool(said_dates(said, clock.paris_date(clock.now())) or _TODAY.search(said))


def _names_time(text: str) -> bool:
    """Whether the text names a time or a future day: « depuis trois semaines » does not ask about opening hours."""
    said, today = read(text), clock.paris_date(clock.now())
    to_come = any(one.day and one.day >= today for one in said_dates(said, today, ahead=True))
    return to_come or said_times(said) is not None or bool(_WEEKEND.search(said))
