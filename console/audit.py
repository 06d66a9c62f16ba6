"""The audit trail: django-auditlog entries for the conversation, or else for the person who acted.

An entry never contains what a customer wrote.
"""

from typing import Any

from auditlog.models import LogEntry
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import models
from django.dispatch import receiver
from django.http import HttpRequest

# Action → its label on the audit page.
AUDIT_ACTIONS = {
    "read": "a lu la conversation",
    "saw_photo": "a ouvert une photo du client",
    "revealed": "a révélé les données personnelles",
    "searched": "a cherché",
    "reviewed": "a relu",
    "noted": "a écrit une note",
    "tagged": "a changé les étiquettes",
    "corrected": "a corrigé",
    "uncorrected": "a retiré une correction",
    "exported": "a exporté",
    "collected_question": "a rangé des messages en question sans réponse",
    "dismissed_question": "a écarté des messages sans réponse",
    "accepted_correction": "a accepté une correction",
    "prepared_version": "a fait préparer une version de l’assistant",
    "cancelled_version": "a annulé une version de l’assistant",
    "judging": "a ouvert un message tiré au sort, pour le juger",
    "noticed": "a mis un avis devant une réponse",
    "ended_notice": "a retiré un avis devant une réponse",
    "notice_over": "un avis devant une réponse est arrivé à sa fin",
    "replayed": "a fait rejouer les conversations avec une version",
    "stopped_replay": "a arrêté le rejeu des conversations",
    "judged": "a jugé des réponses qui changent",
    "promoted": "a mis en service une version de l’assistant",
    "trained": "a exporté les corrections",
    "took": "a pris une demande",
    "answered": "a répondu à une demande",
    "reopened": "a rouvert une demande",
    "took_over": "a pris une conversation, et en a vu les données",
    "handed_back": "a rendu une conversation à l’assistant",
    "closed": "a terminé un échange",
    "offered": "a proposé une conversation à un collègue",
    "accepted": "a accepté la conversation d’un collègue, et en a vu les données",
    "reassigned": "a réattribué une conversation ou une demande",
    "erased": "a effacé",
    "erased_message": "a effacé un message",
    "bulk": "a agi sur un ensemble de conversations",
    "signed_in": "s’est connecté",
    "signed_out": "s’est déconnecté",
    "failed": "n’a pas pu se connecter",
    "account_created": "a créé un compte",
    "account_changed": "a changé un compte",
    "account_closed": "a fermé un compte",
    "account_reopened": "a rouvert un compte",
    "password_link": "a donné un lien pour choisir un mot de passe",
    "password_chosen": "a choisi son mot de passe",
    "second_factor": "a changé sa double authentification",
    "second_factor_reset": "a réinitialisé une double authentification",
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
    """Record what happened because its time had come."""
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
        additional_data={"deed": action, **details},
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
