"""A message that only gives a number, an e-mail or a kind of device: read by rule, not by likelihood.

« et la PX48225817 ? » or « c'est un iPhone » mean « this is the one that I speak of », whatever was spoken of. The same
where the classifier is unsure of a few words that bring a number or an e-mail: going on with it beats asking back.
"""

import re
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.component import Stateless

IDENTIFIERS = frozenset({"order_number", "tradein_number", "email"})
INFORMATION = IDENTIFIERS | {"device_family"}
FEW_WORDS = 3
# « non, je voulais dire PX… »: what counts is the number.
YES_OR_NO = frozenset({"affirm", "deny"})
CERTAIN = {"name": "inform", "confidence": 1.0}
# Words that only introduce what is given.
_INTRODUCING = """
    à a adresse alors autre aussi avec bjr bonjour c ce celle celui cette ci cmd code commande compte courriel
    de donc e eh elle email est et euh ici il j je l la le les ma mail marque mel merci mes modele modèle moi
    mon n no non num numero numéro ok ou oui pardon plait plaît pour pr px reprise rp s sa si stp suivant
    suivante svp téléphone tel un une utilise utilisé voici voila voilà vous y
"""
INTRODUCING = frozenset(_INTRODUCING.split())

_WORD = re.compile(r"[^\W\d_]+")


def other_words(text: str, entities: list[dict[str, Any]]) -> list[str]:
    """The words of `text` that are no part of what it gives."""
    for entity in entities:
        # As long as before: entities may overlap, « gmail » in an address.
        text = text[: entity["start"]] + " " * (entity["end"] - entity["start"]) + text[entity["end"] :]
    return _WORD.findall(text.lower())


def is_information(text: str, entities: list[dict[str, Any]], *, unsure: bool) -> bool:
    """Does `text` only give something? `unsure`: the classifier does not know what it wants."""
    given = [entity for entity in entities if entity["entity"] in INFORMATION]
    words = other_words(text, given)
    identified = any(entity["entity"] in IDENTIFIERS for entity in given)
    return bool(given) and (set(words) <= INTRODUCING or (unsure and identified and len(words) <= FEW_WORDS))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class BareInformation(Stateless):
    """Stands last in the pipeline: after the entities, the classifier and its fallback."""

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            entities = message.get(ENTITIES) or []
            intent = (message.get(INTENT) or {}).get("name")
            unsure = intent == DEFAULT_NLU_FALLBACK_INTENT_NAME
            answers = intent in YES_OR_NO and any(entity["entity"] in IDENTIFIERS for entity in entities)
            if answers or is_information(message.get(TEXT) or "", entities, unsure=unsure):
                message.set(INTENT, CERTAIN, add_to_output=True)
        return messages
