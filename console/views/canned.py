"""« Réponses »: the canned replies, listed, written, changed and deleted."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console import canned, flash
from console.access import requires_role
from console.forms import CannedForm, EditedForm
from console.models import CannedReply
from console.views.base import user_of


@require_safe
@requires_role("review")
def replies(request: HttpRequest) -> HttpResponse:
    asked = EditedForm(request.GET)
    edited = asked.cleaned_data["modifier"] if asked.is_valid() else None
    one = canned.editable_by(user_of(request)).filter(pk=edited).first() if edited else None
    return _page(request, one)


@require_POST
@requires_role("review")
def keep(request: HttpRequest) -> HttpResponse:
    """Store a new text, or change one."""
    form = CannedForm(request.POST)
    if not form.is_valid():
        return _page(request, None, problem="Donnez un titre et un texte.", status=400)
    given, user = form.cleaned_data, user_of(request)
    one = get_object_or_404(canned.editable_by(user), pk=given["pk"]) if given["pk"] else CannedReply(owner=user)
    one.title, one.text, one.shared = given["titre"], given["texte"], given["partagee"]
    one.save()
    flash.add(request, f"La réponse «\u00a0{one.title}\u00a0» est enregistrée.")
    return redirect("console:canned")


@require_POST
@requires_role("review")
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(canned.editable_by(user_of(request)), pk=pk)
    again: dict[str, Any] = {"titre": one.title, "texte": one.text} | ({"partagee": "on"} if one.shared else {})
    one.delete()
    text = f"La réponse «\u00a0{one.title}\u00a0» est supprimée."
    flash.add(request, text, button="Annuler", action=reverse("console:keep_canned"), fields=again)
    return redirect("console:canned")


def _page(request: HttpRequest, one: CannedReply | None, problem: str = "", status: int = 200) -> HttpResponse:
    user = user_of(request)
    context = {
        "replies": canned.usable_by(user).select_related("owner"),
        "editable": set(canned.editable_by(user).values_list("pk", flat=True)),
        "edited": one,
        "placeholders": canned.PLACEHOLDERS,
        "problem": problem,
    }
    return render(request, "console/canned.html", context, status=status)
