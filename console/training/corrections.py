"""Stores corrections: the right question of a message, without personal data, once per message.

A correction stores the context of the message: « c’est long ? » asks something else after a refund than after a parcel.
"""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core import serializers, signing
from django.db.models import Q

from console import bot_data
from console.models import Asking, Correction, Turn, Unlearnt
from console.roles import has_role
from console.training.contexts import context_of
from console.training.training_changes import lines_of, trainable, withdraw
from shop import clock

_NOT_ACCEPTED: dict[str, Any] = {"accepted_by": None, "accepted_at": None}
_SEAL = "console.training.corrections"
# Time limit for restoring a withdrawn correction.
KEPT = timedelta(days=1)


TOO_LATE = "Cela ne peut plus être annulé."


class Refused(ValueError):
    """The line may not be stored. The message is a French sentence for the agent."""


def checked_line(text: str, intent: str, names: tuple[str, ...] = (), after: str = "") -> str:
    """The line in the form to train on, in its context. `intent`: a question or a bare intent. Raises Refused."""
    line = checked_text(text, names, after)
    if not bot_data.is_question(intent):
        raise Refused("Cette question n’a pas de fichier dans data/nlu/.")
    return line


def checked_text(text: str, names: tuple[str, ...] = (), after: str = "") -> str:
    """The line in the form to train on, for any question, including one that does not exist yet. Raises Refused."""
    line = trainable(text, names)
    if not bot_data.is_line(line):
        raise Refused("Un bouton n’est pas une phrase\u00a0: il n’y a rien à apprendre.")
    if judged := bot_data.evaluation_file(line):
        raise Refused(f"Cette phrase sert à juger le bot ({judged})\u00a0: il ne doit pas l’apprendre.")
    known = bot_data.learnt_as(line, after)
    if known:
        raise Refused(f"Cette phrase est déjà apprise, pour «\u00a0{bot_data.intent_title(known)}\u00a0».")
    return line


def correct(turn: Turn, intent: str, user: User, names: tuple[str, ...] = ()) -> Correction:
    """Store the correction, replacing an earlier one for this message. Raises Refused."""
    after = context_of(turn)
    line = checked_line(turn.text, intent, names, after)
    plain = bot_data.normalised(line)
    same = Correction.objects.filter(plain=plain, after=after).exclude(turn=turn).first()
    if same is not None:
        raise Refused(f"La même phrase est déjà corrigée en «\u00a0{bot_data.intent_title(same.intent)}\u00a0».")
    values = {"text": line, "plain": plain, "after": after, "intent": intent, "intent_before": turn.question}
    Asking.objects.filter(turn=turn).delete()
    return _store({"turn": turn, "entity": ""}, values, user)


def correct_entity(
    turn: Turn, entity: str, found: str, value: str, user: User, names: tuple[str, ...] = ()
) -> Correction:
    """Store that these words are a synonym of this value of a lookup table (data/nlu/entities.yml). Raises Refused."""
    phrase = checked_word(turn, entity, found, value, names)
    key: dict[str, Any] = {"turn": turn, "entity": entity}
    plain = f"{entity}={value}: {phrase}"
    if Correction.objects.filter(plain=plain).exclude(**key).exists():
        raise Refused("Ces mots sont déjà corrigés ainsi.")
    values = {"text": phrase, "plain": plain, "entity_text": phrase, "entity_value": value}
    return _store(key, values | {"intent": turn.intent, "intent_before": turn.intent}, user)


def checked_word(turn: Turn, entity: str, found: str, value: str, names: tuple[str, ...] = ()) -> str:
    """The words in the form to train on. Raises Refused."""
    if entity not in bot_data.word_lists():
        raise Refused("Cette entité se reconnaît à sa forme, pas à une liste de mots.")
    if value not in bot_data.word_lists()[entity]:
        raise Refused("Cette valeur n’existe pas pour cette entité.")
    phrase = " ".join(found.casefold().split())
    if not phrase or phrase not in " ".join(turn.text.casefold().split()):
        raise Refused("Ces mots ne sont pas dans le message.")
    if trainable(phrase, names) != phrase:
        raise Refused("Ces mots sont des données personnelles.")
    if phrase in bot_data.word_lists()[entity][value]:
        raise Refused("Ces mots sont déjà dans la liste.")
    return phrase


def accept(correction: Correction, user: User) -> None:
    """Accept the correction, so that the next version learns it."""
    correction.accepted_by, correction.accepted_at = user, clock.now()
    correction.save(update_fields=["accepted_by", "accepted_at"])


def unaccept(correction: Correction) -> None:
    """Make it a proposal again. If its line was pulled in the meantime, the next pull removes it."""
    for line in lines_of(correction):
        Unlearnt.objects.get_or_create(digest=line.digest)
    Correction.objects.filter(pk=correction.pk).update(**_NOT_ACCEPTED)


def sealed(correction: Correction) -> str:
    """The correction as signed text, from which `restored` can recreate it."""
    return signing.dumps(serializers.serialize("json", [correction]), salt=_SEAL)


def restored(seal: str, user: User) -> Correction:
    """Recreate a withdrawn correction. Raises Refused if that is no longer possible."""
    try:
        (found,) = serializers.deserialize("json", signing.loads(seal, salt=_SEAL, max_age=KEPT))
    except (signing.BadSignature, serializers.base.DeserializationError) as fault:
        raise Refused(TOO_LATE) from fault
    one = found.object
    assert isinstance(one, Correction)
    check_may_withdraw(one, user)
    later = Correction.objects.filter(Q(turn=one.turn_id, entity=one.entity) | Q(plain=one.plain, after=one.after))
    if later.exists() or not Turn.objects.filter(pk=one.turn_id).exists():
        raise Refused(TOO_LATE)
    found.save()
    return one


def check_may_withdraw(correction: Correction, user: User) -> None:
    """Raise Refused if a user without the role « manage » would withdraw an accepted correction."""
    if correction.accepted_at and not has_role(user, "manage"):
        raise Refused("Cette correction est acceptée\u00a0: une personne de la gestion peut la changer.")


def _store(key: dict[str, Any], values: dict[str, Any], user: User) -> Correction:
    """Store the correction. If the user has the role « manage », it is accepted at once.

    Raises Refused if the user may not replace an earlier one.
    """
    accepted, before = has_role(user, "manage"), Correction.objects.filter(**key).first()
    if before and before.accepted_at:
        check_may_withdraw(before, user)
        withdraw([before])
    values |= {"user": user} | ({"accepted_by": user, "accepted_at": clock.now()} if accepted else _NOT_ACCEPTED)
    return Correction.objects.update_or_create(**key, defaults=values)[0]
