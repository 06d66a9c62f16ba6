"""« Je lui écris quoi ? »: a sentence to copy, for the matter that the conversation is about (`utter_template/…`)."""

import re
from typing import Any

from actions import responses, topics
from actions.turn import Turn
from actions.word_rules import TRADEIN
from shop.said_dates import read

_WHAT_TO_WRITE = re.compile(
    r"\b(?:(?:je?)?ecri\w*|dis?|dit|dire|mett?\w*|marque\w*|explique|demande)\b.{0,25}\b(?:quoi|koi)\b"
    r"|\b(?:quoi|koi|que)\b.{0,15}\b(?:ecrire|dire|mettre|marquer)\b|\bqu'est[- ]ce que .{0,20}\b(?:ecri|dis|met)\w*"
    r"|\b(?:modele|exemple) (?:de|d'|a)\b|\b(?:message|texte|phrase|mail|lettre) (?:type|toute? (?:fait|prete?))"
    # « la phrase à écrire », « donne le texte », « écris-le-moi », « ce que j'écris », « comme j'écris l'annulation »
    r"|\b(?:phrase|texte|mots?|formul\w+)\b.{0,12}\b(?:a (?:ecrire|envoyer|copier|mettre)|pour (?:le|lui|eux))\b"
    r"|\b(?:donne[sz]?|redige[sz]?|ecri(?:s|vez)|fai(?:s|tes))(?:[- ](?:moi|nous|lui))? (?:un|une|la|le) "
    r"(?:phrase|texte|message|lettre)\b"
    r"|\becri(?:s|vez)[- ](?:le |la )?moi\b|\bce que j'? ?ecris\b|\bcomme(?:nt)? j'? ?ecris (?:le|la|l'|ca)"
)

# « Ça veut dire quoi ? », « je mets quoi comme thème ? », « à quoi bon écrire »
_OTHER = re.compile(
    r"\b(?:themes?|sujet|objet|titre|motif|rubrique|categorie|adresse|numero)\b|\ba quoi\b|\bveut? dire\b|\bserv"
    r"|\bou\b|\b(?:y a|c'est|est) (?:marque|ecrit)\b"
)
# Only messages about writing have a template: there is none for what to say by phone.
_WRITTEN = re.compile(r"\becri|\bme[ts]|\bmarque|\bphrase|\btexte|\bmessage|\bmail|\blettre|\bredig")
# Topics that are about how to contact somebody, not about the problem.
_CHANNELS = frozenset({"contact_seller", "contact_support", "follow_up", "out_of_scope"})
INCOMPLETE = "where_is_parcel/incomplete"
_DEBITED, _SENT_BACK = re.compile(r"\bdebit\w*|\bpreleve\w*"), re.compile(r"\brenvoy|\bretourn")
_MISSING = re.compile(r"\bmanqu\w*")
# Topics whose template is in follow_ups.yml.
_WITHDRAWAL = frozenset({"ask_withdrawal", "ask_return_conditions"})
_OF_WITHDRAWAL = re.compile(r"\bretract|\bretour|\brend|\brenvo")
FORM = "ask_withdrawal/form"


def asks_for_template(turn: Turn) -> bool:
    """Whether the message asks what to write about the matter so far, and there is a sentence for it."""
    text, question = read(turn.message), turn.question
    of_withdrawal = topics.intent_of(matter_of(turn) or "") in _WITHDRAWAL and question != FORM
    generally = question != FORM and turn.refers_to and _WRITTEN.search(text)
    has_sentence = of_withdrawal or template_of(turn) or generally
    if not _WHAT_TO_WRITE.search(text) or _OTHER.search(text) or not has_sentence:
        return False
    return question != FORM or not _OF_WITHDRAWAL.search(text)


def template_of(turn: Turn) -> str | None:
    """The reply with a sentence to write about the latest matter; None if it has none."""
    matter = matter_of(turn) or ""
    topic, said = topics.intent_of(matter), read(" ".join(turn.recent_texts()))
    if topic in ("", "ask_refund") and _DEBITED.search(said) and not _SENT_BACK.search(said):
        return "utter_template/payment"
    if matter == INCOMPLETE and any(_MISSING.search(read(event.get("text") or "")) for event in turn.messages()):
        return "utter_template/where_is_parcel/missing"
    not_noted = topic == "report_damaged_parcel" and turn.slot("slip_noted") is False
    of_topic = "utter_damage_not_noted" if not_noted else f"utter_template/{topic}"
    return next((name for name in (f"utter_template/{matter}", of_topic) if name in responses.load()), None)


def matter_of(turn: Turn) -> str | None:
    """The latest question about a problem; questions in between such as « où est ce bouton ? » are skipped."""
    asked = [turn.refers_to, *(_question(event) for event in reversed(turn.messages()[:-1]))]
    matters = topics.TOPIC_KEYS.keys() - _CHANNELS
    return next((one for one in asked if one == TRADEIN or (one and topics.intent_of(one) in matters)), None)


def _question(event: dict[str, Any]) -> str | None:
    return (event.get("parse_data") or {}).get("question")
