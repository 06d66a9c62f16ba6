"""The audit trail: django-auditlog entries about a conversation or request, or else about the acting user.

An entry never contains a customer's text.
"""

from typing import Any

from auditlog.models import LogEntry
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import models
from django.dispatch import receiver
from django.http import HttpRequest

# The key of an action in a stored entry's details.
ACTION_KEY = "deed"
# Action → its sentence in the journal (console/journal.py). {on} is the object of the action; a part in brackets is
# left out if its detail is missing.
AUDIT_ACTIONS = {
    "read": "a lu {on}",
    "saw_photo": "a ouvert une photo du client de {on}",
    "revealed": "a révélé les données personnelles de {on}[, parce que\u00a0: «\u00a0{reason}\u00a0»]",
    "searched": "a cherché des conversations",
    "reviewed": "a jugé {on}[\u00a0: {verdict}]",
    "noted": "a écrit une note sur {on}",
    "unnoted": "a retiré sa note de {on}",
    "tagged": "a changé les étiquettes de {on}",
    "flagged": "a signalé {on}[ à {to}]",
    "unflagged": "a retiré un signalement de {on}",
    "settled": "a réglé un signalement de {on}",
    "unsettled": "a rouvert un signalement de {on}",
    "corrected": "a corrigé un message de {on}[\u00a0: {intent}][, après «\u00a0{after}\u00a0»]",
    "uncorrected": "a retiré une correction de {on}",
    "exported": "a exporté[ {what}][ de {on}][\u00a0: {count}]",
    "collected_question": "a rangé un message[ de {on}] en question sans réponse[ n°\u00a0{number}]",
    "dismissed_question": "a écarté une question sans réponse[ n°\u00a0{number}]",
    "undone_sorting": "a remis des messages dans «\u00a0Incompris\u00a0»",
    "added_question": "a écrit la réponse à une question nouvelle[\u00a0: {intent}]",
    "dropped_question": "a retiré une question ajoutée et sa réponse[\u00a0: {name}]",
    "accepted_correction": "a accepté une correction de {on}[\u00a0: {intent}]",
    "unaccepted_correction": "n’accepte plus une correction de {on}[\u00a0: {intent}]",
    "restored_correction": "a remis une correction de {on}[\u00a0: {intent}]",
    "prepared_version": "a fait préparer la version[ {number}] de l’assistant",
    "cancelled_version": "a annulé la version[ {number}] de l’assistant",
    "replayed": "a fait rejouer les conversations avec la version[ {number}]",
    "stopped_replay": "a arrêté le rejeu des conversations[ avec la version {number}]",
    "shadowed": "a mis la version[ {number}] à l’essai silencieux[, jusqu’au {until}]",
    "stopped_shadow": "a arrêté l’essai silencieux[ de la version {number}]",
    "judged": "a jugé des réponses qui changent[ avec la version {number}][\u00a0: {verdict}][, {count} fois]",
    "judging": "a ouvert un message de {on}, tiré au sort, pour le juger",
    "noticed": "a mis un avis devant la réponse[ «\u00a0{question}\u00a0»][, jusqu’au {until}]",
    "ended_notice": "a retiré un avis devant la réponse[ «\u00a0{question}\u00a0»]",
    "resumed_notice": "a remis un avis devant la réponse[ «\u00a0{question}\u00a0»][, jusqu’au {until}]",
    "notice_over": "a retiré un avis, arrivé à sa fin, devant la réponse[ «\u00a0{question}\u00a0»]",
    "promoted": "a mis en service la version[ {number}] de l’assistant",
    "trained": "a exporté les corrections[\u00a0: {count}]",
    "took": "a pris {on}",
    "answered": "a répondu à {on}",
    "reopened": "a rouvert {on}",
    "took_over": "a pris {on}, et en a vu les données",
    "handed_back": "a rendu {on} à l’assistant",
    "put_back": "a remis {on} dans la file",
    "gave_back": "a rendu {on}",
    "closed": "a terminé l’échange de {on}",
    "offered": "a proposé {on}[ à {to}]",
    "accepted": "a accepté {on} d’un collègue, et en a vu les données",
    "reassigned": "a réattribué {on}[ à {to}][, parce que\u00a0: «\u00a0{reason}\u00a0»]",
    "erased": "a effacé[ {what}]",
    "erased_message": "a effacé le message[ {message}] de {on}",
    "bulk": "a agi sur plusieurs conversations[ ({count})][\u00a0: {what}]",
    "undone": "a annulé une action sur plusieurs conversations[ ({count})]",
    "signed_in": "s’est connecté",
    "signed_out": "s’est déconnecté",
    "failed": "n’a pas pu se connecter",
    "account_created": "a créé le compte[ {of}][ ({role})]",
    "account_changed": "a changé le compte[ {of}][ en {role}]",
    "account_closed": "a fermé le compte[ {of}]",
    "account_reopened": "a rouvert le compte[ {of}]",
    "password_link": "a donné[ à {of}] un lien pour choisir un mot de passe",
    "password_chosen": "a choisi son mot de passe",
    "second_factor": "a changé sa double authentification[\u00a0: {set}][\u00a0: {codes}]",
    "second_factor_reset": "a réinitialisé la double authentification[ de {of}]",
}


def record(request: HttpRequest, action: str, on: models.Model | None = None, **details: Any) -> None:
    """Record that the signed-in person did this."""
    user = request.user
    assert isinstance(user, AbstractBaseUser)
    _write(on or user, action, user, request, details)


def record_of(request: HttpRequest, action: str, user: AbstractBaseUser) -> None:
    """Record that this person did this to their own account, without being signed in."""
    _write(user, action, user, request, {})


def record_command(action: str, on: AbstractBaseUser) -> None:
    """Record that someone with access to the server did this to an account, with a command."""
    _write(on, action, None, None, {"of": on.get_username(), "by": "manage.py"})


def record_by_itself(action: str, on: models.Model, **details: Any) -> None:
    """Record an action without an actor, such as the end of a notice."""
    _write(on, action, None, None, details)


def _write(
    on: models.Model, action: str, actor: AbstractBaseUser | None, request: HttpRequest | None, details: dict[str, Any]
) -> None:
    LogEntry.objects.log_create(
        on,
        force_log=True,
        action=LogEntry.Action.ACCESS,
        actor=actor,
        remote_addr=request.META.get("REMOTE_ADDR") if request else None,
        additional_data={ACTION_KEY: action, **details},
    )


@receiver(user_logged_in)
def _signed_in(request: HttpRequest, user: AbstractBaseUser, **_: Any) -> None:
    _write(user, "signed_in", user, request, {})


@receiver(user_logged_out)
def _signed_out(request: HttpRequest, user: AbstractBaseUser | None, **_: Any) -> None:
    if user is not None:
        _write(user, "signed_out", user, request, {})


@receiver(user_login_failed)
def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """Record only names of existing accounts: anything else may be a password typed into the wrong field."""
    from django.contrib.auth import get_user_model

    user = get_user_model().objects.filter(username=credentials.get("username") or "").first()
    if user is not None:
        _write(user, "failed", None, request, {})
