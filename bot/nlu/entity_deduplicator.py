"""At most one entity of each name a message; two would fill a text slot with a list.

Of several, the one that corrects counts (« PX48201937, pardon, PX48201938 »); else the first one does, and the further
ones are kept beside it in `other_values`, for « où en sont PX… et PX… ? ». The shop's own addresses, in a mail that a
customer pasted, are never the customer's.
"""

import re
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.component import Stateless

Entity = dict[str, Any]
SHOP_DOMAINS = ("@pixmania.com", "@pixmania.fr")
_CORRECTION = re.compile(
    r"\b(?:pardon|excuse\w*|désolée?|oups|euh"
    r"|non|plut[oô]t|en fait|je voulais dire"
    r"|erreur|correction|tromp\w+|gour\w+)\b",
    re.IGNORECASE,
)
# « un Android en fait, pas un iPhone »: the second one is what is put right.
_DENIED = re.compile(r"\bpas\s+(?:(?:une?|le|la|les|mon|ma|celui|celle)\s+|l['’])?$", re.IGNORECASE)
_OR = re.compile(r"\bou\b", re.IGNORECASE)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class EntityDeduplicator(Stateless):
    """Stands after the extractors. Where two spans of one name overlap, the longer one counts."""

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            found = [entity for entity in message.get(ENTITIES) or [] if not _is_shop_address(entity)]
            kept, others = deduplicate(message.get(TEXT) or "", found)
            message.set(ENTITIES, kept, add_to_output=True)
            message.set("other_values", others, add_to_output=True)
        return messages


def deduplicate(text: str, entities: list[Entity]) -> tuple[list[Entity], dict[str, list[str]]]:
    """(one entity a name, in the text's order; the further values by name)."""
    kept: list[Entity] = []
    others: dict[str, list[str]] = {}
    for name in sorted({entity["entity"] for entity in entities}):
        spans = _non_overlapping([entity for entity in entities if entity["entity"] == name])
        place = _corrected_index(text, spans)
        kept.append(spans[place])
        values = [str(span["value"]) for span in spans if span["value"] != spans[place]["value"]]
        # A second address counts only where the customer leaves open which one it is.
        open_ = name != "email" or bool(_OR.search(text[spans[0]["end"] : spans[-1]["start"]]))
        if place == 0 and values and open_:
            others[name] = values[:2]
    return sorted(kept, key=lambda entity: int(entity["start"])), others


def _non_overlapping(spans: list[Entity]) -> list[Entity]:
    """The spans that do not lie in an earlier one."""
    apart: list[Entity] = []
    for span in sorted(spans, key=lambda entity: (entity["start"], -entity["end"])):
        if not apart or span["start"] >= apart[-1]["end"]:
            apart.append(span)
    return apart


def _corrected_index(text: str, spans: list[Entity]) -> int:
    """The place of the last span that a word of correction stands before; the first one's where there is none."""
    for place in range(len(spans) - 1, 0, -1):
        between = text[spans[place - 1]["end"] : spans[place]["start"]]
        if _CORRECTION.search(between) and not _DENIED.search(between):
            return place
    return 0


def _is_shop_address(entity: Entity) -> bool:
    return entity["entity"] == "email" and str(entity["value"]).lower().endswith(SHOP_DOMAINS)
