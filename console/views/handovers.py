"""The requests that customers left through the bot: list, take, answer."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from chat.models import HandOverRequest
from console import audit, explain
from console.access import requires_role
from console.models import Thread
from console.privacy.masking import mask
from console.views.base import user_of
from shop import clock

SHOWN = 200


@require_safe
@requires_role("read")
def handovers(request: HttpRequest) -> HttpResponse:
    """Open requests first, the oldest on top because it has waited longest."""
    waiting = HandOverRequest.objects.filter(answered_at=None).select_related("taken_by").order_by("created_at")
    answered = HandOverRequest.objects.exclude(answered_at=None).select_related("taken_by").order_by("-answered_at")
    context = {"waiting": _rows(waiting[:SHOWN]), "answered": _rows(answered[:SHOWN])}
    return render(request, "console/handovers.html", context)


@require_POST
@requires_role("review")
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an open request. If two agents press at once, one gets it. Taking it reveals its e-mail."""
    one = HandOverRequest.objects.filter(pk=pk, answered_at=None)
    if one.filter(taken_by=None).update(taken_by=user_of(request), taken_at=clock.now()):
        audit.record(request, "took", HandOverRequest.objects.get(pk=pk))
    return redirect("console:handovers")


@require_POST
@requires_role("review")
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    mine = HandOverRequest.objects.filter(pk=pk, answered_at=None, taken_by=user_of(request))
    mine.update(taken_by=None, taken_at=None)
    return redirect("console:handovers")


@require_POST
@requires_role("review")
def answered(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one's own request as answered."""
    mine = HandOverRequest.objects.filter(pk=pk, answered_at=None, taken_by=user_of(request))
    if mine.update(answered_at=clock.now()):
        audit.record(request, "answered", HandOverRequest.objects.get(pk=pk))
    return redirect("console:handovers")


def _rows(requests: QuerySet[HandOverRequest]) -> list[dict[str, object]]:
    found = list(requests)
    threads = {t.sender: t for t in Thread.objects.filter(sender__in=[one.conversation for one in found])}
    names = explain.names_of(thread.pk for thread in threads.values())
    rows = [(one, threads.get(one.conversation)) for one in found]
    return [
        {"one": one, "thread": thread, "text": mask(one.text, names[thread.pk] if thread else ())}
        for one, thread in rows
    ]
