"""Replaces the classified question if the conversation so far gives the words another meaning.

reinterpretation.yml depends on the previous topic or question; remembered.yml on what was established earlier in the
conversation; word_rules.py on the words of the message, and for some rules on the previous question.
"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import yaml

from actions import tone, topics
from actions.templates import asks_for_template
from actions.turn import Turn
from actions.word_rules import TRADEIN, meant_by_words

TABLE, INCLUDED, REMEMBERED = (
    Path(__file__).with_name(f"{name}.yml") for name in ("reinterpretation", "included", "remembered")
)
STATE, TEMPLATE = "where_is_parcel/where", "follow_up/template"
_OF_ANOTHER_PERSON = re.compile(r"\b(?:il|elle|ils|elles|lui|son|sa|ses|leur)\b", re.IGNORECASE)
_OWN = re.compile(r"\b(?:mon|ma) (?:compte|adresse|e-?mail|mail|mdp|mot de passe)\b", re.IGNORECASE)
# The two values of a look-up: « donc le numéro est bon, c'est l'e-mail qui ne va pas ? »
_NUMBER = re.compile(r"\bnum(?:[ée]ro)?\b", re.IGNORECASE)
_EMAIL = re.compile(r"\b(?:e-?mail|mail|courriel|adresse)\b", re.IGNORECASE)
# A message that mentions an order is about it, even after a trade-in.
_MENTIONS_ORDER = re.compile(
    r"\b(?:command\w*|achats?|achet\w+|colis|paquets?|livr\w+|r[ée]tract\w*|retour\w*|renvo\w+|vendeurs?|reconditionn\w*)\b",
    re.IGNORECASE,
)

# « Pour l'autre commande », « le casque que j'ai renvoyé »: what was established earlier does not apply.
_SOMETHING_ELSE = re.compile(
    r"\b(?:autre|(?<!rien )renvoy[ée]\w*|(?<!rien )retourn[ée]\w*|mien|mon propre compte)\b", re.IGNORECASE
)

# Minimum probability of the question that replaces the previously answered one.
MIN_INSTEAD = 0.05

# « La différence entre validée et expédiée ? »: one answer names all statuses (ORD-2).
STATUSES = {"where_is_parcel/pending", "where_is_parcel/validated", "where_is_parcel/shipped"}


def reinterpret(turn: Turn) -> list[str]:
    """The questions of this message: the first one in the context of the previous answer, the others in that of the
    first.

    The question of a button is unambiguous, and stays as it is.
    """
    if turn.entity(topics.QUESTION):
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
    first = _after_remembered(turn, meant_by_words(turn, first, before, mentions_order))
    if "tradein" in first and tone.denies_tradein(turn.message):
        first = _likeliest_but(turn, first, lambda question: "tradein" in question)
    if first == before and tone.corrects(turn.message):
        first = _likeliest_but(turn, first, lambda question: question == before)
    further = [_meant(read, first, mentions_order) for read in further]
    for other in further:  # « mon droit d'accès, j'écris à quelle adresse ? »
        first = _meant(first, other, mentions_order)
    if first in STATUSES and STATUSES.intersection(further):
        first, further = "where_is_parcel/statuses", [one for one in further if one not in STATUSES]
    # Remove duplicates; repeat the previous answer only if the message asks nothing else.
    just_said = {before}.intersection(turn.questions) - {first}
    asked = [question for question in dict.fromkeys([first, *further]) if question not in just_said]
    return [question for question in asked if not _is_included_in_another(question, asked)] or [first]


def asks_which_is_wrong(turn: Turn) -> bool:
    """Whether the message asks, after a look-up without a match, which of the two values is wrong."""
    unmatched = any(name.startswith("utter_no_match_") for name in turn.last_answer())
    both = _NUMBER.search(turn.message) and _EMAIL.search(turn.message)
    return bool(unmatched and both) and "?" in turn.message and not turn.gives_value()


def is_still_about_another_person(turn: Turn) -> bool:
    """Whether the message is still about another person: « je ne connais pas son e-mail » after `utter_third_party`.

    It was classified as about the customer's own account.
    """
    of_account = topics.intent_of(turn.question) in ("create_account", "reset_password")
    of_another = _OF_ANOTHER_PERSON.search(turn.message) and not _OWN.search(turn.message)
    return of_account and bool(of_another) and "utter_third_party" in turn.last_answer()


def _is_included_in_another(question: str, asked: list[str]) -> bool:
    """Whether the answer to another question includes this one; of two that include each other, keep the first."""
    including = [other for other in asked if question in included().get(other, [])]
    place = asked.index(question)
    return any(other not in included().get(question, []) or asked.index(other) < place for other in including)


def _is_about_tradein(turn: Turn) -> bool:
    """Whether a trade-in was a topic of the conversation before."""
    return any(topic.startswith("tradein") for topic in turn.values_of("topic"))


def _likeliest_but(turn: Turn, read_as: str, denied: Callable[[str], bool]) -> str:
    """The likeliest other question: « non, je vous demande quel écrit ! » was classified as the previous question."""
    worth = (question for question, probability in turn.question_ranking if probability >= MIN_INSTEAD)
    others = (one for one in worth if not denied(one) and topics.is_support(one))
    return next(others, read_as)


def _meant(read: str, before: str, mentions_order: bool) -> str:
    """The question that the classified one means after `before`; the same if the table has no cell for it."""
    cells = table().get(topics.intent_of(before), {}) | table().get(before, {})
    meant = cells.get(read, read)
    return read if mentions_order and "tradein" in meant else meant


def _after_remembered(turn: Turn, read: str) -> str:
    """What the question means after an earlier one: « le colis est perdu », later « je suis remboursé quand ? »."""
    if _SOMETHING_ELSE.search(turn.message):
        return read
    meant = (remembered()[earlier].get(read) for earlier in reversed(turn.answered()) if earlier in remembered())
    return next(filter(None, meant), read)


@cache
def remembered() -> dict[str, dict[str, str]]:
    """{earlier question: {classified question: intended question}}"""
    loaded: dict[str, dict[str, str]] = yaml.load(REMEMBERED.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return loaded


@cache
def included() -> dict[str, list[str]]:
    """{question: the questions that its answer answers too}"""
    loaded: dict[str, list[str]] = yaml.load(INCLUDED.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return loaded


@cache
def table() -> dict[str, dict[str, str]]:
    """{previous question or topic: {classified question: intended question}}"""
    loaded: dict[str, dict[str, str]] = yaml.load(TABLE.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return loaded
