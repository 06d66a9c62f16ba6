"""The audit page: who did or read what."""

from auditlog.models import LogEntry
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console.access import requires_role
from console.audit import AUDIT_ACTIONS
from console.forms import AuditForm
from console.journal import label, sentences

SIZE = 100


@require_safe
@requires_role("manage")
def audit(request: HttpRequest) -> HttpResponse:
    """The audited actions, the latest first; filtered by person with `?qui=`, by action with `?quoi=`.

    An invalid filter shows no entries.
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
        "rows": sentences(rows[:SIZE]),
        "following": rows[SIZE - 1].pk if len(rows) > SIZE else None,
        "actions": [(action, label(action)) for action in AUDIT_ACTIONS],
        "who": asked["qui"],
        "what": asked["quoi"],
    }
    return render(request, "console/audit.html", context)
