"""The conversation list: filters, saved views, and bulk actions."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console import audit, notices, paging
from console.access import requires_role
from console.filters import filtered
from console.forms import BulkForm, ViewForm
from console.kept_search import PARAM
from console.models import Decision, Facet, FacetKind, SavedView, Thread, Verdict
from console.tags import InvalidTag, tag_name
from console.views.base import query_of, search_address, user_of
from shop import clock, formatting

# Bulk actions, and how the notice names them when they are done.
BULK = {"tag": "Étiquette ajoutée", "good": "Bien répondu", "bad": "Mal répondu", "none": "De nouveau à relire"}


@require_safe
@requires_role("read")
def threads(request: HttpRequest) -> HttpResponse:
    """The page; only the next rows if htmx asks for more."""
    form, found = filtered(request)
    page = paging.page(found, request.GET.get("apres", ""))
    context = {"page": page, "query": query_of(request)}
    if request.htmx and request.GET.get("apres"):  # type: ignore[attr-defined]
        return render(request, "console/_rows.html", context)
    if form.data.get("q"):
        audit.record(request, "searched")
    user = user_of(request)
    context |= {
        "filter": form,
        "counted": paging.MAX_COUNT,
        "views": SavedView.objects.filter(owner=user) | SavedView.objects.filter(shared=True),
    }
    return render(request, "console/threads.html", context)


@require_POST
@requires_role("read")
def search(request: HttpRequest) -> HttpResponse:
    """Go to the list's address for these filters; posted, so that whom the search names is in no address."""
    query = search_address(request)
    return redirect(f"{reverse('console:threads')}?{query}" if query else "console:threads")


@require_POST
@requires_role("review")
def bulk(request: HttpRequest) -> HttpResponse:
    """Apply a verdict or a tag to every conversation of the filter, not only those on the page."""
    form, found = filtered(request)
    back = f"{reverse('console:threads')}?{query_of(request)}"
    asked = BulkForm(request.POST)
    if not (form.form.is_valid() and asked.is_valid()):
        return redirect(back)
    action = asked.cleaned_data["faire"]
    if action == "tag":
        try:
            done = _tag_all(found, tag_name(request.POST.get("etiquette", "")))
        except InvalidTag as fault:
            return render(request, "console/error.html", {"message": str(fault), "back": back}, status=400)
    else:
        verdict, user = Verdict("" if action == "none" else action), user_of(request)
        theirs = found.exclude(verdict__in=["", verdict]).exclude(reviewed_by=user)
        if (choice := request.POST.get("autres", "")) not in ("garder", "remplacer") and theirs.exists():
            context = {"count": theirs.count(), "verdict": verdict, "action": action, "query": query_of(request)}
            return render(request, "console/overtaken_all.html", context, status=409)
        done = _judge_all(found.exclude(pk__in=theirs.values("pk")) if choice == "garder" else found, verdict, user)
    audit.record(request, "bulk", what=action, count=done)
    plural = "s" if done > 1 else ""
    notices.add(request, f"{BULK[action]}\u00a0: {formatting.number(done)} conversation{plural}.")
    return redirect(back)


@transaction.atomic
def _judge_all(found: QuerySet[Thread], verdict: Verdict, user: User) -> int:
    """Apply the verdict, and record it in the history of each conversation. Return how many there were."""
    ids = list(found.order_by().values_list("pk", flat=True))
    Decision.objects.bulk_create((Decision(thread_id=pk, value=verdict, user=user) for pk in ids), batch_size=500)
    reviewed = (
        {"reviewed_by": user, "reviewed_at": clock.now()} if verdict else {"reviewed_by": None, "reviewed_at": None}
    )
    Thread.objects.filter(pk__in=found.values("pk")).update(verdict=verdict, **reviewed)
    return len(ids)


@transaction.atomic
def _tag_all(found: QuerySet[Thread], tag: str) -> int:
    rows = found.order_by().values_list("pk", "started_at")
    facets = [Facet(thread_id=pk, kind=FacetKind.TAG, value=tag, started_at=started) for pk, started in rows.iterator()]
    Facet.objects.bulk_create(facets, ignore_conflicts=True, batch_size=500)
    return len(facets)


@require_POST
@requires_role("read")
def save_view(request: HttpRequest) -> HttpResponse:
    """Save the filter under a name. Sharing it requires the role « review »."""
    address, form = query_of(request), ViewForm(request.POST)
    kept = QueryDict(address, mutable=True)
    if kept.pop(PARAM, None):
        notices.add(
            request, "Une vue enregistrée ne garde pas une recherche qui nomme un client, seulement les autres filtres."
        )
    if form.is_valid():
        name, query = form.cleaned_data["nom"], kept.urlencode()[:1000]
        shared = form.cleaned_data["partagee"] and request.user.has_perm("console.review_console")
        view, _ = SavedView.objects.update_or_create(
            owner=user_of(request), name=name, defaults={"query": query, "shared": shared}
        )
        drop = reverse("console:drop_view", args=[view.pk])
        notices.add(request, f"La vue «\u00a0{name}\u00a0» est enregistrée.", button="Annuler", action=drop)
    return redirect(f"{reverse('console:threads')}?{address}")


@require_POST
@requires_role("read")
def drop_view(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView, pk=pk, owner=user_of(request))
    view.delete()
    again = {"nom": view.name} | ({"partagee": "on"} if view.shared else {})
    action = f"{reverse('console:save_view')}?{view.query}"
    text = f"La vue «\u00a0{view.name}\u00a0» est supprimée."
    notices.add(request, text, button="Annuler", action=action, fields=again)
    return redirect("console:threads")
