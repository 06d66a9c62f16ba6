"""Transfers of a conversation: an agent asks a colleague, or a lead decides."""

import uuid

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from chat import takeover, team, transfer
from chat.models import Conversation, Responder
from chat.updates import ConversationClosed
from console import audit, flash
from console.access import requires_role
from console.customer import topic_of
from console.forms import ColleagueForm, ReassignForm
from console.privacy.masking import mask
from console.roles import has_role
from console.views.base import user_of
from console.views.inbox_page import page, to_talk
from shop.unicode import NO_BREAK

NOT_YOURS = "Cette conversation n’est plus la vôtre."
ABSENT = f"Cette personne n’est plus là{NO_BREAK}: choisissez-en une autre."
NO_OFFER = "Ce n’est plus à vous de la prendre : la proposition a été retirée, ou a expiré."
REFUSALS: dict[type[Exception], str] = {
    takeover.NotYours: NOT_YOURS,
    transfer.Absent: ABSENT,
    transfer.NoOffer: NO_OFFER,
    transfer.Changed: "Cela ne peut plus être annulé\u00a0: quelqu’un d’autre a décidé depuis.",
    ConversationClosed: "Cette conversation est terminée ou a été effacée.",
}
REFUSED = tuple(REFUSALS)


@require_POST
@requires_role("review")
def offer(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask a colleague to take the conversation over."""
    conversation, form = get_object_or_404(Conversation, id=pk), ColleagueForm(request.POST)
    colleague = _colleague(form.cleaned_data["a"]) if form.is_valid() else None
    if colleague is None or colleague == request.user:
        return page(request, conversation, problem=ABSENT, status=400)
    try:
        transfer.offer(pk, user_of(request), colleague)
    except REFUSED as fault:
        return _refused(request, conversation, fault)
    audit.record(request, "offered", conversation, to=colleague.get_username())
    return to_talk(conversation)


@require_POST
@requires_role("review")
def answer_offer(request: HttpRequest, pk: uuid.UUID, how: str) -> HttpResponse:
    """Accept or decline a colleague's offer, or withdraw one's own."""
    conversation = get_object_or_404(Conversation, id=pk)
    act = {"accepter": transfer.accept, "decliner": transfer.decline, "garder": transfer.withdraw}[how]
    try:
        act(pk, user_of(request))
    except REFUSED as fault:
        return _refused(request, conversation, fault)
    if how == "accepter":
        audit.record(request, "accepted", conversation)
    return to_talk(conversation)


@require_POST
@requires_role("manage")
def reassign(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Reassign the conversation by decision of a lead, with the reason; or undo such a decision."""
    conversation, form = get_object_or_404(Conversation, id=pk), ReassignForm(request.POST)
    if not form.is_valid():
        return page(request, conversation, problem="Donnez la raison en quelques mots.", status=400)
    given = form.cleaned_data
    to = _named(given["a"])
    if to is None:
        return page(request, conversation, problem=ABSENT, status=400)
    try:
        change = transfer.reassign(pk, to, given["depuis"], topic_of(conversation))
    except REFUSED as fault:
        return _refused(request, conversation, fault)
    if change is not None:
        audit.record(request, "reassigned", conversation, to=_journaled(to), reason=mask(given["raison"]))
        _add_flash(request, conversation, to, change)
    return to_talk(conversation)


def _add_flash(request: HttpRequest, conversation: Conversation, to: transfer.To, change: transfer.Reassigned) -> None:
    """Show who answers now, with « Annuler » to return it to the previous responder unless it was reassigned again."""
    if isinstance(to, User):
        text = f"{team.display_name(to)} répond maintenant."
    else:
        text = {Responder.BOT: "L’assistant répond maintenant.", Responder.WAITING: "Elle est dans la file."}[to]
    undo = {"a": _key(change.was), "raison": "annulation", "depuis": change.since.isoformat()}
    action = reverse("console:reassign", args=[conversation.id])
    flash.add(request, text, button="Annuler", action=action, fields=undo)


def _refused(request: HttpRequest, conversation: Conversation, fault: Exception) -> HttpResponse:
    return page(request, conversation, problem=REFUSALS[type(fault)], status=409)


def _named(key: str) -> transfer.To | None:
    """The form's value → the new responder; None if this colleague may not answer customers."""
    if not key:
        return Responder.WAITING
    return Responder.BOT if key == ReassignForm.ASSISTANT else _colleague(int(key))


def _key(to: transfer.To) -> str:
    """The new responder → the form's value."""
    if isinstance(to, User):
        return str(to.pk)
    return ReassignForm.ASSISTANT if to == Responder.BOT else ""


def _journaled(to: transfer.To) -> str:
    """The new responder → its name in the journal; empty for the queue."""
    if isinstance(to, User):
        return to.get_username()
    return "l’assistant" if to == Responder.BOT else ""


def _colleague(pk: int | None) -> User | None:
    """The user with this id, if they may answer customers."""
    found = User.objects.filter(pk=pk, is_active=True).first() if pk else None
    return found if found and has_role(found, "review") else None
