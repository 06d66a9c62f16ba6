"""The conversation list: filters, search, and saved views."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console import audit, flags, flash, hits, paging
from console.access import requires_role
from console.filters import EVERYWHERE, filtered
from console.forms import ViewForm
from console.models import SavedView
from console.session_search import PARAM
from console.views.base import query_of, search_address, user_of


@require_safe
@requires_role("read")
def threads(request: HttpRequest) -> HttpResponse:
    """The page; only the next rows if htmx asks for more."""
    if request.htmx and request.GET.get("apres"):  # type: ignore[attr-defined]
        return render(request, "console/_rows.html", _results(request))
    user = user_of(request)
    context = {
        **_results(request),
        "flag_counts": flags.counts(user),
        "views": SavedView.objects.filter(owner=user) | SavedView.objects.filter(shared=True),
    }
    return render(request, "console/threads.html", context)


@require_POST
@requires_role("read")
def search(request: HttpRequest) -> HttpResponse:
    """Redirect to the list's URL with these filters. The form is posted, so that no URL contains a person's name.

    htmx gets the list alone, so that the changed field keeps the focus.
    """
    query = search_address(request)
    address = f"{reverse('console:threads')}?{query}" if query else reverse("console:threads")
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(address)
    request.GET = QueryDict(query)
    answer = render(request, "console/_results.html", _results(request))
    answer["HX-Push-Url"] = address
    return answer


def _results(request: HttpRequest) -> dict[str, Any]:
    """The context of the list: its conversations, each with its hit if the filter has a search."""
    form, found = filtered(request)
    typed, after = form.data.get("q", ""), request.GET.get("apres", "")
    if typed and not after:
        audit.record(request, "searched")
    page = paging.page(found, after)
    where = hits.hits(page.threads, typed, everywhere=form.is_everywhere) if typed else {}
    return {
        "page": page,
        "rows": [(one, where.get(one.pk)) for one in page.threads],
        "filter": form,
        "chosen": [(label, value, _without(request, name)) for name, label, value in form.chosen],
        "everywhere": _with(request, "dans", EVERYWHERE) if typed and not form.is_everywhere else "",
        "query": query_of(request),
        "counted": paging.MAX_COUNT,
        "size": paging.SIZE,
        "colleagues": flags.colleagues(),
    }


def _without(request: HttpRequest, name: str) -> str:
    """The list's address without this filter."""
    query = QueryDict(query_of(request), mutable=True)
    for one in (name, PARAM, "dans") if name == "q" else (name,):
        query.pop(one, None)
    return query.urlencode()


def _with(request: HttpRequest, name: str, value: str) -> str:
    query = QueryDict(query_of(request), mutable=True)
    query[name] = value
    return query.urlencode()


@require_POST
@requires_role("read")
def save_view(request: HttpRequest) -> HttpResponse:
    """Save the filter under a name. Sharing it requires the role « review »."""
    address, form = query_of(request), ViewForm(request.POST)
    kept = QueryDict(address, mutable=True)
    if kept.pop(PARAM, None):
        flash.add(
            request, "Une vue enregistrée ne garde pas une recherche qui nomme un client, seulement les autres filtres."
        )
    if form.is_valid():
        name, query = form.cleaned_data["nom"], kept.urlencode()[:1000]
        shared = form.cleaned_data["partagee"] and request.user.has_perm("console.review_console")
        view, _ = SavedView.objects.update_or_create(
            owner=user_of(request), name=name, defaults={"query": query, "shared": shared}
        )
        drop = reverse("console:drop_view", args=[view.pk])
        flash.add(request, f"La vue «\u00a0{name}\u00a0» est enregistrée.", button="Annuler", action=drop)
    return redirect(f"{reverse('console:threads')}?{address}")


@require_POST
@requires_role("read")
def drop_view(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView, pk=pk, owner=user_of(request))
    view.delete()
    again = {"nom": view.name} | ({"partagee": "on"} if view.shared else {})
    action = f"{reverse('console:save_view')}?{view.query}"
    text = f"La vue «\u00a0{view.name}\u00a0» est supprimée."
    flash.add(request, text, button="Annuler", action=action, fields=again)
    return redirect("console:threads")
