"""Transfers of a conversation: an agent asks a colleague, or a lead decides."""

import uuid

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from chat import takeover, team, transfer
from chat.models import Conversation
from chat.updates import ConversationClosed
from console import audit, notices
from console.access import requires_role
from console.forms import ColleagueForm, ReassignForm
from console.privacy.masking import mask
from console.roles import has_role
from console.views.base import user_of
from console.views.inbox_page import page, to_talk
from shop.formatting import NO_BREAK

NOT_YOURS = "Cette conversation n’est plus la vôtre."
ABSENT = f"Cette personne n’est plus là{NO_BREAK}: choisissez-en une autre."
NO_OFFER = "Ce n’est plus à vous de la prendre : la proposition a été retirée, ou a expiré."
CLOSED = "Cette conversation est terminée ou a été effacée."


@require_POST
@requires_role("review")
def offer(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask a colleague to take the conversation over."""
    conversation, form = get_object_or_404(Conversation, id=pk), ColleagueForm(request.POST)
    colleague = _colleague(form.cleaned_data["a"]) if form.is_valid() else None
    if colleague is None or colleague == request.user:
        return page(request, conversation, problem=ABSENT, status=400)
    if refused := _refused(transfer.offer, pk, user_of(request), colleague):
        return page(request, conversation, problem=refused, status=409)
    audit.record(request, "offered", conversation, to=colleague.get_username())
    return to_talk(conversation)


@require_POST
@requires_role("review")
def answer_offer(request: HttpRequest, pk: uuid.UUID, how: str) -> HttpResponse:
    """Accept or decline a colleague's offer, or withdraw one's own."""
    conversation = get_object_or_404(Conversation, id=pk)
    act = {"accepter": transfer.accept, "decliner": transfer.decline, "garder": transfer.withdraw}[how]
    if refused := _refused(act, pk, user_of(request)):
        return page(request, conversation, problem=refused, status=409)
    if how == "accepter":
        audit.record(request, "accepted", conversation)
    return to_talk(conversation)


@require_POST
@requires_role("manage")
def reassign(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A lead's decision, with its reason."""
    conversation, form = get_object_or_404(Conversation, id=pk), ReassignForm(request.POST)
    if not form.is_valid():
        return page(request, conversation, problem="Donnez la raison en quelques mots.", status=400)
    to = form.cleaned_data["a"]
    colleague = _colleague(to) if to else None
    if to and colleague is None:
        return page(request, conversation, problem=ABSENT, status=400)
    if refused := _refused(transfer.reassign, pk, colleague):
        return page(request, conversation, problem=refused, status=409)
    name = colleague.get_username() if colleague else ""
    audit.record(request, "reassigned", conversation, to=name, reason=mask(form.cleaned_data["raison"]))
    notices.add(
        request, f"{team.display_name(colleague)} répond maintenant." if colleague else "Elle est dans la file."
    )
    return to_talk(conversation)


def _refused(act: object, *arguments: object) -> str:
    """Do it; return why it could not be done, or an empty string."""
    try:
        act(*arguments)  # type: ignore[operator]
    except takeover.NotYours:
        return NOT_YOURS
    except transfer.Absent:
        return ABSENT
    except transfer.NoOffer:
        return NO_OFFER
    except ConversationClosed:
        return CLOSED
    return ""


def _colleague(pk: int | None) -> User | None:
    """The user with this id, if they may answer customers."""
    found = User.objects.filter(pk=pk, is_active=True).first() if pk else None
    return found if found and has_role(found, "review") else None
