"""The requests that customers left through the bot: list, take, answer."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Case, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from chat.models import HandOverRequest, RequestAddition
from console import audit, explain, notices
from console.access import requires_role
from console.models import Thread
from console.privacy.masking import mask
from console.views.base import user_of
from shop import clock

SIZE = 25
# Of a request, the latest additions that are shown; older ones are in their conversations.
ADDITIONS = 5
STATES = {"ouvertes": "Ouvertes", "a-prendre": "À prendre", "les-miennes": "Les vôtres", "repondues": "Répondues"}
ORDERS = {"anciennes": "Les plus anciennes d’abord", "recentes": "Les plus récentes d’abord"}


@require_safe
@requires_role("read")
def handovers(request: HttpRequest) -> HttpResponse:
    """The requests in one state, in pages. One's own come first, then the oldest, which has waited longest."""
    lists = _lists(user_of(request))
    state = request.GET.get("etat", "")
    state = state if state in STATES else "ouvertes"
    order = request.GET.get("ordre", "")
    order = order if order in ORDERS else ("recentes" if state == "repondues" else "anciennes")
    page = Paginator(_ordered(lists[state], state, order, user_of(request)), SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": _rows(page.object_list),
        "state": state,
        "states": [(name, label, lists[name].count()) for name, label in STATES.items()],
        "order": order,
        "orders": ORDERS,
        "waiting": lists["ouvertes"].count(),
    }
    return render(request, "console/handovers.html", context)


@require_POST
@requires_role("review")
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an open request. If two agents press at once, one gets it. Taking it reveals its e-mail."""
    one = HandOverRequest.objects.filter(pk=pk, answered_at=None)
    if one.filter(taken_by=None).update(taken_by=user_of(request), taken_at=clock.now()):
        audit.record(request, "took", HandOverRequest.objects.get(pk=pk))
        notices.add(request, "La demande est à vous\u00a0: l’adresse e-mail est visible ici.")
    else:
        notices.add(request, "Quelqu’un d’autre a déjà pris cette demande.")
    return redirect("console:handovers")


@require_POST
@requires_role("review")
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    mine = HandOverRequest.objects.filter(pk=pk, answered_at=None, taken_by=user_of(request))
    if mine.update(taken_by=None, taken_at=None):
        again = reverse("console:take", args=[pk])
        notices.add(request, "La demande est de nouveau à prendre.", button="Annuler", action=again)
    return redirect("console:handovers")


@require_POST
@requires_role("review")
def answered(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one's own request as answered, unless the customer has added something that the page did not show."""
    mine = HandOverRequest.objects.filter(pk=pk, answered_at=None, taken_by=user_of(request))
    with transaction.atomic():
        one = mine.select_for_update().first()
        seen = request.POST.get("vu")
        if one and seen is not None and seen != str(one.additions.count()):
            notices.add(
                request, "Le client a ajouté un message entre-temps\u00a0: la demande reste ouverte, lisez-le d’abord."
            )
        elif one:
            mine.update(answered_at=clock.now())
            audit.record(request, "answered", one)
            again = reverse("console:reopen", args=[pk])
            notices.add(request, "La demande est répondue.", button="Annuler", action=again)
    return redirect("console:handovers")


@require_POST
@requires_role("review")
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's « J’ai répondu » back."""
    mine = HandOverRequest.objects.exclude(answered_at=None).filter(pk=pk, taken_by=user_of(request))
    if mine.update(answered_at=None):
        audit.record(request, "took", HandOverRequest.objects.get(pk=pk))
        notices.add(request, "La demande est de nouveau ouverte.")
    return redirect("console:handovers")


def _lists(user: User) -> dict[str, QuerySet[HandOverRequest]]:
    """{state: its requests}"""
    waiting = HandOverRequest.objects.filter(answered_at=None)
    return {
        "ouvertes": waiting,
        "a-prendre": waiting.filter(taken_by=None),
        "les-miennes": waiting.filter(taken_by=user),
        "repondues": HandOverRequest.objects.exclude(answered_at=None),
    }


def _ordered(found: QuerySet[HandOverRequest], state: str, order: str, user: User) -> QuerySet[HandOverRequest]:
    moment, sign = ("answered_at" if state == "repondues" else "created_at"), ("-" if order == "recentes" else "")
    mine = Case(When(taken_by=user, answered_at=None, then=0), default=1)
    return found.select_related("taken_by").prefetch_related("additions").order_by(mine, f"{sign}{moment}", f"{sign}pk")


def _rows(requests: Iterable[HandOverRequest]) -> list[dict[str, object]]:
    found = list(requests)
    entries: list[HandOverRequest | RequestAddition] = [*found]
    entries += [added for one in found for added in one.additions.all()]
    threads = {
        thread.sender: thread for thread in Thread.objects.filter(sender__in={entry.conversation for entry in entries})
    }
    names = explain.names_of(thread.pk for thread in threads.values())

    def shown(entry: HandOverRequest | RequestAddition) -> dict[str, object]:
        thread = threads.get(entry.conversation)
        return {"one": entry, "thread": thread, "text": mask(entry.text, names[thread.pk] if thread else ())}

    rows = []
    for one in found:
        added = list(one.additions.all())
        rows.append(shown(one) | {
            "added": [shown(entry) for entry in added[-ADDITIONS:]],
            "count": len(added),
            "more": max(0, len(added) - ADDITIONS),
            "news": any(one.taken_at and entry.created_at > one.taken_at for entry in added),
        })  # fmt: skip
    return rows
