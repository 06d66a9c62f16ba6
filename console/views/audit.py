"""The audit page: who did or read what."""

from typing import Any

from auditlog.models import LogEntry
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

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
}  # fmt: skip
VALUES = {
    True: "oui", False: "non", "good": "bien répondu", "bad": "mal répondu", "none": "à relire",
    "tag": "étiquette ajoutée", "story": "histoire de test", "manage.py": "une commande du serveur",
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
    context = {
        "rows": [_row(entry) for entry in rows[:SIZE]],
        "following": rows[SIZE - 1].pk if len(rows) > SIZE else None,
        "actions": AUDIT_ACTIONS,
        "who": asked["qui"],
        "what": asked["quoi"],
    }
    return render(request, "console/audit.html", context)


def _row(entry: LogEntry) -> dict[str, object]:
    data = dict(entry.additional_data or {})
    action = data.pop("deed", "")
    on_thread = entry.content_type.model_class() is Thread if entry.content_type else False
    return {
        "at": entry.timestamp,
        "who": entry.actor or (entry.object_repr if action == "failed" else "—"),
        "action": AUDIT_ACTIONS.get(action, action),
        "thread": entry.object_id if on_thread else None,
        "details": ", ".join(_in_words(name, value) for name, value in data.items() if value != ""),
        "address": entry.remote_addr or "",
    }


def _in_words(name: str, value: Any) -> str:
    """« rôle : Relecture »; an entry of an older version may say something that has no word."""
    known = VALUES.get(value) if isinstance(value, str | bool) else None
    words = bot_data.intent_title(value) if name in ("intent", "after") and value else known or value
    return f"{DETAILS.get(name, name)}{NO_BREAK}: {words}"
