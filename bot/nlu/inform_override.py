"""Sets the intent `inform` by rule if a message only gives a number, an e-mail or a device family.

« et la PX48225817 ? » or « c'est un iPhone » name what the customer is talking about, whatever the topic. The rule also
applies if the classifier is unsure about a few words around a number or an e-mail, because using the value is better
than asking back. If a form asked for a number, a phone number, a date, a postcode or a price is an answer too; it
becomes the entity `other_number`.
"""

import re
from collections.abc import Container, Mapping
from typing import Any, Optional

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import context
from bot.nlu.component import Stateless
from bot.nlu.date_override import asked_about_day, without_repetition
from bot.nlu.value_announcements import INTRODUCING, only_secret

Entity = dict[str, Any]
NUMBERS = frozenset({"order_number", "tradein_number"})
IDENTIFIERS = NUMBERS | {"email"}
INFORMATION = IDENTIFIERS | {"device_family"}
FEW_WORDS = 6
# A message of up to this many words still answers the form: « mon numéro c'est le 06 12 34 56 78, appelez-moi ».
WORDS_OF_AN_ANSWER = 8
NUMBER_ASKED = frozenset({"ask_order_number", "ask_tradein_number"})
# What the form asks for → the entities that answer it, whatever the words around them.
ASKED_FOR = {"ask_order_number": NUMBERS, "ask_tradein_number": NUMBERS, "ask_email": frozenset({"email"})}
# Only outside forms and in order_form may a date ask a question: the answers to the other forms may contain dates.
FORMS_WITH_DAYS = frozenset({None, "order_form"})
# Beside an identifier these intents are ignored: « non, je voulais dire PX… » gives a number.
YES_OR_NO = frozenset({"affirm", "deny", "follow_up", "repair", "greet", "thank", "goodbye"})
# If a message has a number *and* an e-mail, a classification below this confidence counts as no question. If it has
# many other words too, the second limit applies.
CONFIDENT = 0.8
BARELY_CONFIDENT = 0.4
TRADEIN_INTENTS = frozenset(
    {"cancel_tradein", "tradein_data_privacy", "unlock_account_device", "tradein_device_not_listed", "out_of_scope"}
)
INFORM = {"name": "inform", "confidence": 1.0}
TRADEIN_PRICE, INSULT = "out_of_scope/tradein_price", "out_of_scope/insult"
MAKERS_ACCOUNT = "unlock_account_device/samsung"
_MONEY = re.compile(
    r"\b(?:prix|combien|pa[iy](?!s\b)\w*|argent|euros?|vir(?:é|ement)\w*|vers(?:é|ement)\w*|sous|thunes?|fric|vaut|estim\w*"
    r"|offres?|montant|somme|r[èe]glement)\b|€",
    re.IGNORECASE,
)
OTHER_NUMBERS = {
    "phone": re.compile(r"(?<!\d)(?:\+33|0033|0)\s?[1-9](?:[\s.-]?\d{2}){4}(?!\d)"),
    "date": re.compile(
        r"(?<!\d)\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?(?!\d)|\b\d{1,2}(?:er)?\s+"
        # Not « 1 mail », « 2 nouveaux », « 1 décision ».
        r"(?:janv(?:i\w*)?|f[ée]v(?:r\w*)?|mars|avr(?:il)?|mai|juin|juil(?:l\w*)?|ao[uû]t|sept(?:e\w*)?|oct(?:o\w*)?"
        r"|nov(?:e\w*)?|d[ée]c(?:e\w*)?)\b",
        re.I,
    ),
    "price": re.compile(r"(?<!\d)\d{1,9}(?:[.,]\d{2})?\s?(?:€|euros?\b|eur\b)", re.I),
    "postcode": re.compile(r"(?<!\d)\d{5}(?!\d)"),
}
_CHANGE = re.compile(r"chang|modif|nouve|mettre à jour|remplac|correct", re.I)
_WORD = re.compile(r"[^\W\d_]+")


def other_words(text: str, entities: list[Entity]) -> list[str]:
    """The words of `text` outside the entities."""
    for entity in entities:
        # Keep the length: entities may overlap, such as « gmail » in an address.
        text = text[: entity["start"]] + " " * (entity["end"] - entity["start"]) + text[entity["end"] :]
    return _WORD.findall(text.lower())


def only_informs(text: str, entities: list[Entity], *, unsure: bool) -> bool:
    """Whether `text` only gives a value. `unsure`: the classification was replaced by the fallback intent."""
    given = [entity for entity in entities if entity["entity"] in INFORMATION]
    words = other_words(text, given)
    identified = any(entity["entity"] in IDENTIFIERS for entity in given)
    return bool(given) and (set(words) <= INTRODUCING or (unsure and identified and len(words) <= FEW_WORDS))


def other_number(text: str, entities: list[Entity], kinds: Container[str] = OTHER_NUMBERS) -> Entity | None:
    """A number of one of these kinds, as an entity whose value is the kind; None if there is none."""
    if any(entity["entity"] in IDENTIFIERS for entity in entities) or len(_WORD.findall(text)) > WORDS_OF_AN_ANSWER:
        return None
    for kind, shape in OTHER_NUMBERS.items():
        if kind in kinds and (found := shape.search(text)):
            return {"entity": "other_number", "value": kind, "start": found.start(), "end": found.end()}
    return None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class InformOverride(Stateless):
    """Runs last in the pipeline, after the entities, the classifier and its fallback."""

    # Rasa's type check does not know `DialogueStateTracker | None`.
    def process(
        self,
        messages: list[Message],
        tracker: Optional[DialogueStateTracker] = None,  # noqa: UP045
    ) -> list[Message]:
        asked = context.from_tracker(tracker)
        slots = tracker.current_slot_values() if tracker else {}
        is_free = tracker is not None and tracker.active_loop_name in FORMS_WITH_DAYS
        for message in messages:
            if is_free and ask_about_day(message, slots.get("question") or ""):
                continue
            if gives_information(message, asked, slots):
                message.set(INTENT, INFORM, add_to_output=True)
        return messages


def ask_about_day(message: Message, before: str) -> bool:
    """Set the question that a date or a time asks after `before` (date_override.py); return False if there is none."""
    text, entities = message.get(TEXT) or "", message.get(ENTITIES) or []
    if text.startswith("/") or any(one["entity"] in IDENTIFIERS for one in entities):
        return False
    intent = message.get(INTENT) or {}
    read_as = message.get("question") or intent.get("name") or ""
    question = asked_about_day(text, read_as, intent.get("confidence") or 0.0, before)
    further = message.get("further_questions") or []
    if question is None or (further and question != read_as):
        return False  # « et sinon, vous êtes ouverts le samedi ? »: the day may belong to the other question
    question, *further = without_repetition([question, *further])
    message.set(INTENT, {**intent, "name": context.topic_of(question)}, add_to_output=True)
    message.set("question", question, add_to_output=True)
    message.set("further_questions", further, add_to_output=True)
    return True


def gives_information(message: Message, asked: str | None, slots: Mapping[str, Any]) -> bool:
    """Whether the message gives information and asks nothing. Adds the entity `other_number` if one was asked for.

    `asked`: what the form asks for, or the previous question. `slots`: the tracker's slots.
    """
    offered, numbered = slots.get("offer") == "look_up", bool(slots.get("order_number"))
    text, entities = message.get(TEXT) or "", message.get(ENTITIES) or []
    read = message.get(INTENT) or {}
    intent, confidence = read.get("name"), read.get("confidence") or 0.0
    names = {entity["entity"] for entity in entities}
    if only_secret(text):
        return True
    kinds = OTHER_NUMBERS if asked in NUMBER_ASKED else OTHER_NUMBERS.keys() - {"date"}
    if (asked in NUMBER_ASKED or (offered and asked != "ask_email")) and (other := other_number(text, entities, kinds)):
        message.set(ENTITIES, [*entities, other], add_to_output=True)
        return True
    if slots.get("refused_lookup") and offered and names & IDENTIFIERS and confidence < CONFIDENT:
        return True  # corrects a look-up without a match
    if names & ASKED_FOR.get(asked or "", frozenset()) or (intent in YES_OR_NO and names & IDENTIFIERS):
        return True
    sure = confidence >= CONFIDENT and message.get("question") != INSULT
    if intent == "out_of_scope" and names & NUMBERS and not sure:
        return True
    # « où est ma reprise RP… » does not ask for its price.
    of_status = message.get("question") == TRADEIN_PRICE and not _MONEY.search(text)
    if "tradein_number" in names and (intent not in TRADEIN_INTENTS or of_status):
        return True
    if "email" in names and (names & NUMBERS or (numbered and intent == "third_party")):
        few = len(other_words(text, entities)) <= WORDS_OF_AN_ANSWER
        if intent == "third_party" or (confidence < CONFIDENT if few else confidence < BARELY_CONFIDENT):
            return True
    # « mon adresse : a@b.fr » with an order number is no change of address.
    if intent == "update_personal_info" and "email" in names and not _CHANGE.search(text):
        return bool(names & NUMBERS or asked == "ask_email" or slots.get("refused_lookup"))
    if message.get("question") == MAKERS_ACCOUNT and "compte" in text.lower():
        return False  # « et le compte Samsung ? » is not only a device
    return only_informs(text, entities, unsure=intent == DEFAULT_NLU_FALLBACK_INTENT_NAME)
