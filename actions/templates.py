"""« Je lui écris quoi ? »: a sentence to copy, for the matter that the conversation is about (`utter_template/…`)."""

import re
from typing import Any

from actions import responses, topics
from actions.turn import Turn
from shop.said_dates import read

_WHAT_TO_WRITE = re.compile(
    r"\b(?:(?:je?)?ecri\w*|dis?|dit|dire|mett?\w*|marque\w*|explique)\b.{0,25}\b(?:quoi|koi)\b"
    r"|\b(?:quoi|koi|que)\b.{0,15}\b(?:ecrire|dire|mettre|marquer)\b|\bqu'est[- ]ce que .{0,20}\b(?:ecri|dis|met)\w*"
    r"|\b(?:modele|exemple) (?:de|d'|a)\b|\bmessage type\b"
)

# « Ça veut dire quoi ? », « je mets quoi comme thème ? », « à quoi bon écrire »
_OTHER = re.compile(
    r"\b(?:themes?|sujet|objet|titre|motif|rubrique|categorie|adresse|numero)\b|\ba quoi\b|\bveut? dire\b|\bserv"
    r"|\bou\b"
)
# Questions about the way to write, and not about the matter.
_WAYS = frozenset({"contact_seller", "contact_support", "follow_up", "out_of_scope"})
# Their sentence is a cell of follow_ups.yml.
_WITHDRAWAL = frozenset({"ask_withdrawal", "ask_return_conditions"})
_OF_WITHDRAWAL = re.compile(r"\bretract|\bretour|\brend|\brenvo")
FORM = "ask_withdrawal/form"


def asks_for_template(turn: Turn) -> bool:
    """Whether the message asks what to write about the matter so far, and there is a sentence for it."""
    text, question = read(turn.message), turn.question
    of_withdrawal = topics.intent_of(matter_of(turn) or "") in _WITHDRAWAL and question != FORM
    if not _WHAT_TO_WRITE.search(text) or _OTHER.search(text) or not (of_withdrawal or template_of(turn)):
        return False
    return question != FORM or not _OF_WITHDRAWAL.search(text)


def template_of(turn: Turn) -> str | None:
    """The reply with a sentence to write about the latest matter; None if it has none."""
    matter = matter_of(turn) or ""
    of_topic = f"utter_template/{topics.intent_of(matter)}"
    if topics.intent_of(matter) == "report_damaged_parcel" and turn.slot("slip_noted") is False:
        of_topic = "utter_damage_not_noted"
    return next((name for name in (f"utter_template/{matter}", of_topic) if name in responses.load()), None)


def matter_of(turn: Turn) -> str | None:
    """The latest question that is about a matter: « où est ce bouton ? » may come between."""
    asked = [turn.refers_to, *(_question(event) for event in reversed(turn.messages()[:-1]))]
    return next((one for one in asked if one and topics.intent_of(one) in topics.TOPIC_KEYS.keys() - _WAYS), None)


def _question(event: dict[str, Any]) -> str | None:
    return (event.get("parse_data") or {}).get("question")
