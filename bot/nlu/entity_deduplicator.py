"""Keeps at most one entity of each name, because two would fill a text slot with a list.

A corrected value is kept (« PX48201937, pardon, PX48201938 »); otherwise the first one, with the others in
`other_values` (« où en sont PX… et PX… ? »). The shop's own addresses, which customers paste with its mails, are
dropped.
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
# « un Android en fait, pas un iPhone »: the second one is denied, so it is not the correction.
_DENIED = re.compile(r"\bpas\s+(?:(?:une?|le|la|les|mon|ma|celui|celle)\s+|l['’])?$", re.IGNORECASE)
# « Je n'ai pas de Samsung », « oubliez Samsung »: the customer has no such device.
_NOT_OWNED = re.compile(r"\b(?:pas\s+(?:d['’]\s?|de\s+|un\s+)|oubli\w+\s+(?:le\s+)?|sans\s+)$", re.IGNORECASE)
_ALTERNATIVE = re.compile(r"\bou\b|\n", re.IGNORECASE)
# Characters that separate an e-mail from a further at-sign; « camille@example.com@pirate.example » has none, and is one
# value.
_LETTER_OR_BLANK, _LETTER = re.compile(r"[\s\w]"), re.compile(r"\w")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class EntityDeduplicator(Stateless):
    """Runs after the extractors. If two spans of one name overlap, the longer one is kept."""

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            given = [entity for entity in message.get(ENTITIES) or [] if not _is_not_owned(text, entity)]
            found = [_whole(text, entity) for entity in given if not _is_shop_address(entity)]
            kept, others = deduplicate(text, found)
            message.set(ENTITIES, kept, add_to_output=True)
            message.set("other_values", others, add_to_output=True)
        return messages


def _is_not_owned(text: str, entity: Entity) -> bool:
    return entity["entity"] == "device_family" and bool(_NOT_OWNED.search(text[: entity["start"]]))


def deduplicate(text: str, entities: list[Entity]) -> tuple[list[Entity], dict[str, list[str]]]:
    """(one entity per name, in the order of the text; the other values by name)."""
    kept: list[Entity] = []
    others: dict[str, list[str]] = {}
    for name in sorted({entity["entity"] for entity in entities}):
        spans = _non_overlapping([entity for entity in entities if entity["entity"] == name])
        place = _corrected_index(text, spans)
        kept.append(spans[place])
        values = [str(span["value"]) for span in spans if span["value"] != spans[place]["value"]]
        # Keep a second e-mail only after « ou » or on another line: then the customer leaves open which one is right.
        is_open = name != "email" or bool(_ALTERNATIVE.search(text[spans[0]["end"] : spans[-1]["start"]]))
        if place == 0 and values and is_open:
            others[name] = values[:2]
    return sorted(kept, key=lambda entity: int(entity["start"])), others


def _whole(text: str, entity: Entity) -> Entity:
    """The entity. An e-mail is extended by the text attached to it, so that no part of a longer text is accepted."""
    if entity["entity"] != "email":
        return entity
    start, end = entity["start"], entity["end"]
    before, after = text.rfind("@", 0, start), text.find("@", end)
    if before >= 0 and not _LETTER_OR_BLANK.search(text, before + 1, start):
        start = before
    if after >= 0 and not _LETTER.search(text, end, after):
        end = after + 1
    return entity | {"start": start, "end": end, "value": text[start:end]}


def _non_overlapping(spans: list[Entity]) -> list[Entity]:
    """The spans without those that overlap an earlier one."""
    kept: list[Entity] = []
    for span in sorted(spans, key=lambda entity: (entity["start"], -entity["end"])):
        if not kept or span["start"] >= kept[-1]["end"]:
            kept.append(span)
    return kept


def _corrected_index(text: str, spans: list[Entity]) -> int:
    """The index of the last span after a word of correction; 0 if there is none."""
    for place in range(len(spans) - 1, 0, -1):
        between = text[spans[place - 1]["end"] : spans[place]["start"]]
        if _CORRECTION.search(between) and not _DENIED.search(between):
            return place
    return 0


def _is_shop_address(entity: Entity) -> bool:
    return entity["entity"] == "email" and str(entity["value"]).lower().endswith(SHOP_DOMAINS)
