"""The conversation list: filters, saved views, and bulk actions."""

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console import audit, paging
from console.access import requires_role
from console.filters import filtered
from console.forms import BulkForm, ViewForm
from console.models import Facet, FacetKind, SavedView, Thread, Verdict
from console.tags import InvalidTag, tag_name
from console.views.base import query_of, user_of
from shop import clock


@require_safe
@requires_role("read")
def threads(request: HttpRequest) -> HttpResponse:
    """The page; only the next rows if htmx asks for more."""
    form, found = filtered(request.GET)
    page = paging.page(found, request.GET.get("apres", ""))
    context = {"page": page, "query": query_of(request.GET)}
    if request.htmx and request.GET.get("apres"):  # type: ignore[attr-defined]
        return render(request, "console/_rows.html", context)
    if request.GET.get("q"):
        audit.record(request, "searched")
    user = user_of(request)
    context |= {
        "filter": form,
        "counted": paging.MAX_COUNT,
        "views": SavedView.objects.filter(owner=user) | SavedView.objects.filter(shared=True),
    }
    return render(request, "console/threads.html", context)


@require_POST
@requires_role("review")
def bulk(request: HttpRequest) -> HttpResponse:
    """Apply a verdict or a tag to every conversation of the filter, not only those on the page."""
    form, found = filtered(request.GET)
    back = f"{reverse('console:threads')}?{query_of(request.GET)}"
    asked = BulkForm(request.POST)
    if not (form.form.is_valid() and asked.is_valid()):
        return redirect(back)
    action = asked.cleaned_data["faire"]
    if action != "tag":
        verdict = Verdict("" if action == "none" else action)
        who, when = (user_of(request), clock.now()) if verdict else (None, None)
        done = Thread.objects.filter(pk__in=found.values("pk")).update(
            verdict=verdict, reviewed_by=who, reviewed_at=when
        )
    else:
        try:
            done = _tag_all(found, tag_name(request.POST.get("etiquette", "")))
        except InvalidTag as fault:
            return render(request, "console/error.html", {"message": str(fault), "back": back}, status=400)
    audit.record(request, "bulk", what=action, count=done)
    return redirect(back)


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
    form, query = ViewForm(request.POST), query_of(request.GET)[:1000]
    if form.is_valid():
        shared = form.cleaned_data["partagee"] and request.user.has_perm("console.review_console")
        SavedView.objects.update_or_create(
            owner=user_of(request), name=form.cleaned_data["nom"], defaults={"query": query, "shared": shared}
        )
    return redirect(f"{reverse('console:threads')}?{query}")


@require_POST
@requires_role("read")
def drop_view(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(SavedView, pk=pk, owner=user_of(request)).delete()
    return redirect("console:threads")
