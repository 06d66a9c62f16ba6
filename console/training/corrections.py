"""Stores corrections: the question that a message should have been read as, without personal data, once per message."""

from typing import Any

from django.contrib.auth.models import User

from console import bot_data
from console.models import Correction, Turn
from console.privacy.masking import neutral


class Refused(ValueError):
    """The line may not be stored. The message is a French sentence for the agent."""


def checked_line(text: str, intent: str, names: tuple[str, ...] = ()) -> str:
    """The line in the form to train on. `intent`: a question or a bare intent. Raises Refused."""
    line = neutral(text, names)
    if not line or line.startswith("/"):
        raise Refused("Un bouton n’est pas une phrase\u00a0: il n’y a rien à apprendre.")
    if bot_data.file_of(intent) is None:
        raise Refused("Cette question n’a pas de fichier dans data/nlu/.")
    plain = bot_data.normalised(line)
    if plain in bot_data.held_out():
        raise Refused("Cette phrase sert à juger le bot (tests/nlu/)\u00a0: il ne doit pas l’apprendre.")
    known = next((i for i, other in bot_data.training_examples() if bot_data.normalised(other) == plain), None)
    if known:
        raise Refused(f"Cette phrase est déjà apprise, pour «\u00a0{bot_data.intent_title(known)}\u00a0».")
    return line


def correct(turn: Turn, intent: str, user: User, names: tuple[str, ...] = ()) -> Correction:
    """Store the correction, replacing an earlier one for this message. Raises Refused."""
    line = checked_line(turn.text, intent, names)
    plain = bot_data.normalised(line)
    twin = Correction.objects.filter(plain=plain).exclude(turn=turn).first()
    if twin is not None:
        raise Refused(f"La même phrase est déjà corrigée en «\u00a0{bot_data.intent_title(twin.intent)}\u00a0».")
    values = {"text": line, "plain": plain, "intent": intent, "intent_before": turn.question, "user": user}
    return Correction.objects.update_or_create(turn=turn, entity="", defaults=values | {"exported_at": None})[0]


def correct_entity(
    turn: Turn, entity: str, found: str, value: str, user: User, names: tuple[str, ...] = ()
) -> Correction:
    """Store that these words are a synonym of this value of a lookup table (data/nlu/entities.yml). Raises Refused."""
    if entity not in bot_data.word_lists():
        raise Refused("Cette entité se reconnaît à sa forme, pas à une liste de mots.")
    if value not in bot_data.word_lists()[entity]:
        raise Refused("Cette valeur n’existe pas pour cette entité.")
    phrase = " ".join(found.casefold().split())
    if not phrase or phrase not in " ".join(turn.text.casefold().split()):
        raise Refused("Ces mots ne sont pas dans le message.")
    if neutral(phrase, names) != phrase:
        raise Refused("Ces mots sont des données personnelles.")
    if phrase in bot_data.word_lists()[entity][value]:
        raise Refused("Ces mots sont déjà dans la liste.")
    key: dict[str, Any] = {"turn": turn, "entity": entity}
    plain = f"{entity}={value}: {phrase}"
    if Correction.objects.filter(plain=plain).exclude(**key).exists():
        raise Refused("Ces mots sont déjà corrigés ainsi.")
    values = {"text": phrase, "plain": plain, "entity_text": phrase, "entity_value": value, "user": user}
    values |= {"intent": turn.intent, "intent_before": turn.intent, "exported_at": None}
    return Correction.objects.update_or_create(**key, defaults=values)[0]
