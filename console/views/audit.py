"""The audit page: who did or read what."""

from typing import Any

from auditlog.models import LogEntry
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chat.models import Conversation
from console import bot_data
from console.access import requires_role
from console.audit import AUDIT_ACTIONS
from console.forms import AuditForm
from console.models import Thread
from shop.formatting import NO_BREAK

SIZE = 100
# What an entry says besides its action (console/audit.py), in words.
DETAILS = {
    "of": "compte", "role": "rôle", "to": "à", "reason": "raison", "what": "quoi", "count": "nombre", "verdict": "avis",
    "message": "message n°", "intent": "question", "after": "après", "set": "activée",
    "codes": "nouveaux codes de secours", "revealed": "données visibles", "by": "par",
    "number": "version n°", "question": "question", "until": "jusqu’au",
}  # fmt: skip
VALUES = {
    True: "oui", False: "non", "good": "bien répondu", "bad": "mal répondu", "none": "à relire",
    "tag": "étiquette ajoutée", "story": "histoire de test", "manage.py": "une commande du serveur",
    "better": "mieux", "worse": "moins bien", "equal": "pareil",
}  # fmt: skip


@require_safe
@requires_role("manage")
def audit(request: HttpRequest) -> HttpResponse:
    """The audited actions, the latest first; filtered by person with `?qui=`, by action with `?quoi=`.

    A filter that nothing can match shows nothing.
    """
    entries = LogEntry.objects.filter(action=LogEntry.Action.ACCESS).select_related("actor", "content_type")
    form = AuditForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else dict.fromkeys(form.fields, "")
    if asked["qui"]:
        entries = entries.filter(actor__username=asked["qui"])
    if asked["quoi"]:
        entries = entries.filter(additional_data__deed=asked["quoi"])
    if asked["avant"]:
        entries = entries.filter(pk__lt=asked["avant"])
    if not form.is_valid():
        entries = entries.none()
    rows = list(entries.order_by("-pk")[: SIZE + 1])
    threads = _threads(rows)
    context = {
        "rows": [_row(entry, threads.get(entry.object_pk)) for entry in rows[:SIZE]],
        "following": rows[SIZE - 1].pk if len(rows) > SIZE else None,
        "actions": AUDIT_ACTIONS,
        "who": asked["qui"],
        "what": asked["quoi"],
    }
    return render(request, "console/audit.html", context)


def _threads(rows: list[LogEntry]) -> dict[str, int]:
    """{what an entry is about: the number of its conversation's page}"""
    chats = [entry.object_pk for entry in rows if _is_about(entry, Conversation)]
    found = Thread.objects.filter(chat__in=chats).values_list("chat", "pk")
    own = {entry.object_pk: entry.object_id for entry in rows if _is_about(entry, Thread)}
    return own | {str(chat): pk for chat, pk in found}


def _is_about(entry: LogEntry, model: type[Model]) -> bool:
    return entry.content_type is not None and entry.content_type.model_class() is model


def _row(entry: LogEntry, thread: int | None) -> dict[str, object]:
    data = dict(entry.additional_data or {})
    action = data.pop("deed", "")
    return {
        "at": entry.timestamp,
        "who": entry.actor or (entry.object_repr if action == "failed" else "—"),
        "action": AUDIT_ACTIONS.get(action, action),
        "thread": thread if _is_about(entry, Thread) or _is_about(entry, Conversation) else None,
        "details": ", ".join(_in_words(name, value) for name, value in data.items() if value != ""),
        "address": entry.remote_addr or "",
    }


def _in_words(name: str, value: Any) -> str:
    """« rôle : Relecture »; an entry of an older version may say something that has no word."""
    known = VALUES.get(value) if isinstance(value, str | bool) else None
    words = bot_data.intent_title(value) if name in ("intent", "after", "question") and value else known or value
    return f"{DETAILS.get(name, name)}{NO_BREAK}: {words}"
