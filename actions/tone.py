"""Recognises anger, grief and the complaint that the bot misunderstood; prepends a sentence to the answer."""

import re

from actions.turn import Turn

_ANGER = re.compile(
    r"!{2,}|\?{3,}|\b(?:honte\w*|scandal\w*|inadmissible|inacceptable|incompétents?|incompetents?|arnaqu\w+|voleurs?|escrocs?"
    r"|foutez|moquez|marre|ras[- ]le[- ]bol|furieu[xs]e?|énervée?s?|bordel|putain|merde|chier|n'importe quoi"
    r"|ridicule|lamentable|dégueulasse|dégo[uû]tant\w*|déçue?s?|pourrie?s?|nul(?:le|s)?(?! part))\b",
    re.IGNORECASE,
)
# « Non, je parlais de la facture »
_CORRECTS = re.compile(
    r"\bje (?:vous |te )?parl(?:e|ais) d|\b(?:pas|rien à voir avec) ma question\b|\bj['’]ai pas demandé"
    r"|^\W*pas du tout\W*(?:[,.!]|$)|^\W*(?:mais|non|nan|nn)\b[^?]*\bje (?:vous |te |t['’])?(?:demande|parle|dis)\b",
    re.IGNORECASE,
)
# « Vous me répétez la même chose », but not « mon téléphone redémarre en boucle »
_LOOP = re.compile(
    r"(?<!-)\b(?:vous|tu) (?:me |m['’]|nous )?(?:r[ée]p[èée]t(?:ez|es)|redites|redis)\b"
    r"|\b(?:vous|tu)\b[^.!?]{0,25}\b(?:toujours|encore) la m[êe]me (?:chose|r[ée]ponse)"
    r"|\b(?:vous|tu|on) tourn\w+ en (?:rond|boucle)",
    re.IGNORECASE,
)
_MAX_WORDS_OF_COMPLAINT = 12
# « pas la reprise, l'achat »
_NO_TRADEIN = re.compile(r"\bpas (?:d['’ ]?une?|la|ma|de) reprise\b", re.IGNORECASE)
# The death of a person, not of a device.
_GRIEF = re.compile(
    r"\b(?:d[ée]c[èe]s|d[ée]c[ée]d[ée]e?s?|veu(?:f|ve)|deuil)\b"
    r"|\b(?:mari|femme|[ée]pou(?:x|se)|p[èe]re|m[èe]re|fr[èe]re|s(?:œ|oe)ur|fils|fille|conjointe?|compagn(?:on|e))"
    r" (?:est|vient de|a|nous a) (?:mort|mourir|quitt|disparu)",
    re.IGNORECASE,
)
MIN_CAPITALS = 12


def angry(text: str) -> bool:
    """Whether the text sounds angry: punctuation, words, or capitals throughout."""
    capitals = sum(letter.isupper() for letter in text)
    return bool(_ANGER.search(text)) or (capitals >= MIN_CAPITALS and capitals > sum(map(str.islower, text)))


def corrects(text: str) -> bool:
    """Whether the customer says that the last answer was about something else."""
    return bool(_CORRECTS.search(text))


def complains_of_loop(turn: Turn) -> bool:
    """Whether the message is a short complaint that the bot repeats itself."""
    is_short = len(turn.message.split()) <= _MAX_WORDS_OF_COMPLAINT
    return bool(turn.refers_to) and is_short and bool(_LOOP.search(turn.message))


def denies_tradein(text: str) -> bool:
    """Whether the customer says that this is no trade-in."""
    return bool(_NO_TRADEIN.search(text))


def apologise(turn: Turn, question: str) -> None:
    """Prepend a sentence for grief, a wrong answer or anger; once per conversation, so as not to sound mechanical.

    `question`: what is answered now. Before the same answer as before, « je vous avais mal lu » would be untrue.
    """
    if _GRIEF.search(turn.message):
        turn.lead_with("utter_lead/condolences")
    elif turn.intent == "repair" or (corrects(turn.message) and turn.previous_question not in (None, question)):
        turn.lead_with("utter_lead/misread")
    elif not turn.slot("regretted") and angry(turn.message):
        turn.set(regretted=True)
        turn.lead_with("utter_sorry")
