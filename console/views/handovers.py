"""Actions on the requests that customers left through the bot; the inbox lists them."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from chat import masking
from chat.models import HandOverRequest
from console import audit, flash
from console.access import requires_role
from console.forms import AnswerForm, ReasonForm
from console.privacy.masking import mask
from console.views.base import user_of
from shop import clock

# {tab of the former page of requests: tab of the inbox}
FORMER_STATES = {"les-miennes": "miennes", "repondues": "terminees"}


@require_safe
@requires_role("read")
def handovers(request: HttpRequest) -> HttpResponse:
    """Redirect bookmarks of the former page of requests to the inbox."""
    return redirect(f"{reverse('console:inbox')}?onglet={FORMER_STATES.get(request.GET.get('etat', ''), 'a-prendre')}")


@require_POST
@requires_role("review")
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an open request, which reveals its e-mail. If two agents take it at the same time, only one gets it."""
    one = HandOverRequest.objects.filter(pk=pk, answered_at=None)
    if one.filter(taken_by=None).update(taken_by=user_of(request), taken_at=clock.now()):
        audit.record(request, "took", HandOverRequest.objects.get(pk=pk))
        _done(request, "La demande est à vous\u00a0: son adresse e-mail est visible ici.", "give_back", pk)
    else:
        flash.add(request, "Quelqu’un d’autre a déjà pris cette demande.")
    return _to(pk)


@require_POST
@requires_role("review")
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    mine = HandOverRequest.objects.filter(pk=pk, answered_at=None, taken_by=user_of(request))
    if mine.update(taken_by=None, taken_at=None):
        _done(request, "La demande est de nouveau à prendre.", "take", pk)
    return _to(pk)


@require_POST
@requires_role("manage")
def free(request: HttpRequest, pk: int) -> HttpResponse:
    """Release a request that a colleague has taken and cannot answer, with the reason."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        flash.add(request, "Donnez la raison en quelques mots.")
    elif HandOverRequest.objects.filter(pk=pk, answered_at=None).update(taken_by=None, taken_at=None):
        one = get_object_or_404(HandOverRequest, pk=pk)
        audit.record(request, "reassigned", one, reason=mask(form.cleaned_data["raison"]))
        flash.add(request, "La demande est de nouveau à prendre.")
    return _to(pk)


@require_POST
@requires_role("review")
def answered(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one's own request as answered, unless the customer has added something that the page did not show."""
    mine = HandOverRequest.objects.filter(pk=pk, answered_at=None, taken_by=user_of(request))
    form = AnswerForm(request.POST)
    form.is_valid()  # always true: a text that is too long is cut
    with transaction.atomic():
        one = mine.select_for_update().first()
        seen = request.POST.get("vu")
        if one and seen is not None and seen != str(one.additions.count()):
            flash.add(
                request, "Le client a ajouté un message entre-temps\u00a0: la demande reste ouverte, lisez-le d’abord."
            )
        elif one:
            mine.update(answered_at=clock.now(), answer=masking.mask(form.cleaned_data.get("reponse", "")))
            audit.record(request, "answered", one)
            _done(request, "La demande est répondue.", "reopen", pk)
    return _to(pk)


@require_POST
@requires_role("review")
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Open an answered request again, and assign it to this user."""
    answered = HandOverRequest.objects.exclude(answered_at=None).filter(pk=pk)
    if answered.update(answered_at=None, taken_by=user_of(request), taken_at=clock.now()):
        audit.record(request, "reopened", HandOverRequest.objects.get(pk=pk))
        flash.add(request, "La demande est de nouveau ouverte, et elle est à vous.")
    return _to(pk)


def _done(request: HttpRequest, words: str, undo: str, pk: int) -> None:
    flash.add(request, words, button="Annuler", action=reverse(f"console:{undo}", args=[pk]))


def _to(pk: int) -> HttpResponse:
    return redirect(f"{reverse('console:inbox')}?d={pk}")
