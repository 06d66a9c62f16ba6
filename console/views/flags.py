"""Flags on a conversation or one of its messages: raise, settle, reopen, withdraw."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from console import audit, flags, flash
from console.access import requires_role
from console.forms import FlagForm
from console.models import Flag, Thread
from console.views.base import query_of, user_of


@require_POST
@requires_role("review")
def raise_flag(request: HttpRequest, pk: int) -> HttpResponse:
    one, form = get_object_or_404(Thread, pk=pk), FlagForm(request.POST)
    if not form.is_valid():
        raise BadRequest("signalement")
    given = form.cleaned_data
    turn = one.turns.filter(pk=given["tour"]).first()
    flag = flags.raise_on(one, turn, given["texte"], user_of(request), given["a"])
    audit.record(request, "flagged", one, to=given["a"].get_username() if given["a"] else "")
    _add_flash(request, "Le message est signalé." if turn else "La conversation est signalée.", "drop_flag", flag)
    return _back(request, flag)


@require_POST
@requires_role("review")
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    flag = get_object_or_404(Flag.objects.select_related("thread"), pk=pk)
    if flags.settle(Flag.objects.filter(pk=pk), user_of(request)):
        audit.record(request, "settled", flag.thread)
        _add_flash(request, "C’est réglé.", "reopen_flag", flag)
    else:
        who = flag.settled_by.get_username() if flag.settled_by else "quelqu’un d’autre"
        flash.add(request, f"C’était déjà réglé, par {who}.")
    return _back(request, flag)


@require_POST
@requires_role("review")
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    flag = get_object_or_404(Flag.objects.select_related("thread"), pk=pk)
    if flags.reopen(Flag.objects.filter(pk=pk)):
        audit.record(request, "unsettled", flag.thread)
        _add_flash(request, "Le signalement est de nouveau à régler.", "settle_flag", flag)
    return _back(request, flag)


@require_POST
@requires_role("review")
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw the user's own flag, as long as it is not settled."""
    flag = get_object_or_404(Flag, pk=pk, user=user_of(request), settled_at=None)
    thread = flag.thread
    flag.delete()
    audit.record(request, "unflagged", thread)
    flash.add(request, "Le signalement est retiré.")
    return _back(request, flag)


def _add_flash(request: HttpRequest, text: str, undo: str, flag: Flag) -> None:
    address = f"{reverse(f'console:{undo}', args=[flag.pk])}?{query_of(request)}"
    flash.add(request, text, button="Annuler", action=address)


def _back(request: HttpRequest, flag: Flag) -> HttpResponse:
    """Redirect to the flagged message, or to the conversation."""
    place = f"&message={flag.turn.seq}#tour-{flag.turn_id}" if flag.turn else ""
    return redirect(f"{reverse('console:thread', args=[flag.thread_id])}?{query_of(request)}{place}")
