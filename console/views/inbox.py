"""The inbox: take a conversation over, answer the customer, hand back."""

import asyncio
import json
import logging
import math
import uuid
from collections.abc import AsyncIterator

from django.contrib.auth.models import User
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from chat import activity, activity_signals, pubsub, takeover, team
from chat.db_threads import db_read, db_write
from chat.models import Conversation, Responder
from chat.text import Unreadable
from chat.updates import ConversationClosed
from console import audit, canned, customer, flash, inbox
from console.access import admits, requires_role, still_admits
from console.forms import ActivityForm
from console.inbox_updates import INBOX, inbox_updates
from console.roles import has_role
from console.views.base import user_of
from console.views.inbox_page import (
    asked,
    fill_placeholders,
    is_being_read,
    list_context,
    note_reading,
    page,
    talk_context,
    to_talk,
    transfer_targets_context,
)
from shop.unicode import NO_BREAK

logger = logging.getLogger(__name__)
HEARTBEAT_SECONDS = 15.0
ENDED = f"Cette conversation est terminée ou a été effacée{NO_BREAK}: il n’est plus possible d’y répondre."
NOT_YOURS = "Cette conversation n’est plus la vôtre."
WRITTEN = f"Vous avez déjà écrit à ce client{NO_BREAK}: rendez-la à l’assistant, ou passez-la à un collègue."
# Flash messages; their « Annuler » takes the conversation again.
DONE = {
    "rendre": "L’assistant répond de nouveau au client.",
    "terminer": f"Échange terminé{NO_BREAK}; le client le sait.",
}
UNSEEN = f"Le client a écrit entre-temps{NO_BREAK}: lisez son message, puis envoyez de nouveau."


@require_safe
@requires_role("read")
def inbox_page(request: HttpRequest) -> HttpResponse:
    """The three panes: the list, the chosen conversation or request, and the customer."""
    chosen = _chosen(request)
    if chosen:
        _publish_viewer(chosen.id, user_of(request))
    return page(request, chosen)


@require_safe
@requires_role("read", background=True)
def inbox_list(request: HttpRequest) -> HttpResponse:
    """The list alone, after a change."""
    return render(request, "console/_inbox_list.html", list_context(request))


@require_safe
@requires_role("read", background=True)
def inbox_talk(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The messages of one conversation alone, after a change."""
    conversation = get_object_or_404(Conversation, id=pk)
    if not is_being_read(request, conversation):
        note_reading(request, conversation)
    return render(request, "console/_inbox_talk.html", talk_context(request, conversation))


@require_safe
@requires_role("review", background=True)
def transfer_targets(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The colleagues to whom the conversation can be transferred, after a change."""
    conversation = get_object_or_404(Conversation, id=pk)
    return render(
        request, "console/_transfer_targets.html", {"talk": conversation} | transfer_targets_context(conversation)
    )


@require_safe
@requires_role("read", background=True)
def inbox_photos(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The customer's photos alone, after a change."""
    photos = customer.photos_of(get_object_or_404(Conversation, id=pk))
    return render(request, "console/_inbox_photos.html", {"photos": photos})


@require_POST
@requires_role("review")
def take(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take the conversation. The person who answers sees its data unmasked, so that is recorded."""
    conversation = get_object_or_404(Conversation, id=pk)
    try:
        takeover.take(pk, user_of(request))
    except takeover.NotYours as refused:
        return page(request, conversation, problem=f"{refused.holder} a déjà pris cette conversation.", status=409)
    except ConversationClosed:
        return page(request, conversation, problem=ENDED, status=409)
    audit.record(request, "took_over", conversation)
    return to_talk(conversation)


@require_POST
@requires_role("review")
def put_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Undo a take, as long as the agent has not written to the customer."""
    conversation = get_object_or_404(Conversation, id=pk)
    try:
        undone = takeover.put_back(pk, user_of(request), customer.topic_of(conversation))
    except takeover.NotYours:
        return page(request, conversation, problem=NOT_YOURS, status=409)
    except ConversationClosed:
        return page(request, conversation, problem=ENDED, status=409)
    if not undone:
        return page(request, conversation, problem=WRITTEN, status=409)
    audit.record(request, "put_back", conversation)
    flash.add(request, "C’est annulé\u00a0: vous ne répondez plus à ce client, et il le sait.")
    return redirect("console:inbox")


@require_POST
@requires_role("review")
def reply(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Send the agent's message. If it is refused, the page shows its text again."""
    conversation = get_object_or_404(Conversation, id=pk)
    # The page of a refused message shows the placeholders, because only the agent who answers may see the values.
    typed = request.POST.get("texte", "")
    try:
        client_id, seen = uuid.UUID(request.POST.get("envoi", "")), int(request.POST.get("vu", ""))
    except ValueError:
        return HttpResponse("Cet envoi n’est pas valable.", status=400, content_type="text/plain; charset=utf-8")
    filled = fill_placeholders(conversation, typed, user_of(request))
    if left := canned.unfilled(filled):
        problem = f"Non envoyé{NO_BREAK}: remplacez d’abord {left}."
        return page(request, conversation, problem=problem, typed=typed, status=400)
    try:
        takes = takeover.reply(pk, user_of(request), client_id, filled, seen)
    except takeover.NotYours as refused:
        who = refused.holder or "L’assistant"
        return page(
            request, conversation, problem=f"Non envoyé{NO_BREAK}: {who} répond maintenant.", typed=typed, status=409
        )
    except takeover.Unseen:
        return page(request, conversation, problem=UNSEEN, typed=typed, status=409)
    except Unreadable as fault:
        return page(request, conversation, problem=str(fault), typed=typed, status=400)
    except ConversationClosed:
        return page(request, conversation, problem=ENDED, typed=typed, status=409)
    activity_signals.stops(pk, activity.AGENT)
    if takes:
        audit.record(request, "took_over", conversation)
    return to_talk(conversation)


@require_POST
@requires_role("review")
def end(request: HttpRequest, pk: uuid.UUID, how: str) -> HttpResponse:
    """Hand back to the bot, or close the exchange."""
    conversation = get_object_or_404(Conversation, id=pk)
    user = user_of(request)
    try:
        if how == "rendre":
            takeover.hand_back(pk, user, customer.topic_of(conversation))
        else:
            takeover.close(pk, user)
    except takeover.NotYours:
        return page(request, conversation, problem=NOT_YOURS, status=409)
    except ConversationClosed:
        return page(request, conversation, problem=ENDED, status=409)
    audit.record(request, "handed_back" if how == "rendre" else "closed", conversation)
    flash.add(request, DONE[how], button="Annuler", action=reverse("console:take_over", args=[pk]))
    return redirect("console:inbox")


@require_POST
@requires_role("review", background=True)
def be_present(request: HttpRequest) -> HttpResponse:
    """The heartbeat of an open inbox."""
    team.mark_present(user_of(request), request.POST.get("disponible") == "1")
    return HttpResponse(status=204)


@require_POST
@requires_role("review", background=True)
def note_activity(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Publish to the customer that the agent who answers types, or has read the messages up to a number."""
    conversation = get_object_or_404(Conversation, id=pk)
    form = ActivityForm(request.POST)
    if form.is_valid() and conversation.responder == Responder.AGENT and conversation.agent_id == request.user.pk:
        if form.cleaned_data["ecrit"]:
            activity_signals.types(pk, activity.AGENT)
        if read := form.cleaned_data["lu"]:
            activity_signals.reads(pk, activity.AGENT, min(read, conversation.last_seq))
    return HttpResponse(status=204)


async def stream(request: HttpRequest) -> HttpResponseBase:
    """Server-sent events: `change` with the versions of the page's parts, and `activity` in its conversation.

    Queries run on the chat's few threads. On the request's own thread, a connection would stay open for hours.
    """
    if not await db_read(admits)(request, "read"):
        return HttpResponse(status=403)
    given = asked(request)
    events = _events(request, given["onglet"], given["c"])
    response = StreamingHttpResponse(events, content_type="text/event-stream")
    response["X-Accel-Buffering"] = "no"
    response["Cache-Control"] = "no-store"
    return response


async def _events(request: HttpRequest, tab: str, shown: uuid.UUID | None) -> AsyncIterator[str]:
    user, version, sent_activity = user_of(request), "", ""
    now = asyncio.get_running_loop().time
    sent_at, checked_at = now(), -math.inf
    yield "retry: 2000\n\n"
    with inbox_updates.showing(shown), pubsub.subscribe(*filter(None, (INBOX, shown))) as subscriber:
        while True:
            subscriber.poll(0)
            if (latest := _versions(user, tab, shown)) not in ("", version):
                version, sent_at = latest, now()
                yield f"event: change\ndata: {version}\n\n"
            if shown and (latest_activity := _activity(shown, user)) != sent_activity:
                sent_activity = latest_activity
                yield f"event: activity\ndata: {sent_activity}\n\n"
            if now() - sent_at >= HEARTBEAT_SECONDS:
                sent_at = now()
                yield "event: beat\ndata: {}\n\n"
            if now() - checked_at >= HEARTBEAT_SECONDS:
                checked_at = now()
                try:
                    if not await db_read(still_admits)(request, "read"):
                        return
                    if shown:
                        await db_write(_publish_viewer)(shown, user)
                except DatabaseError as fault:  # checked again at the next heartbeat
                    logger.warning("an inbox's stream could not be checked, and is retried: %s", type(fault).__name__)
            await subscriber.wait(HEARTBEAT_SECONDS)


def _versions(user: User, tab: str, shown: uuid.UUID | None) -> str:
    found = inbox_updates.latest
    return json.dumps(found.seen_by(user.pk, tab, shown)) if found else ""


def _publish_viewer(shown: uuid.UUID, user: User) -> None:
    """Publish to the answering agent that this user views the conversation, and whether it is a lead."""
    name = team.display_name(user)
    activity_signals.shows(shown, user.pk, f"{name}{inbox.LEAD}" if has_role(user, "manage") else name)


def _activity(shown: uuid.UUID, user: User) -> str:
    return json.dumps({**activity.of(shown, activity.CUSTOMER), "others": activity.viewers(shown, excluding=user.pk)})


def _chosen(request: HttpRequest) -> Conversation | None:
    chosen = asked(request)["c"]
    return Conversation.objects.filter(id=chosen).first() if chosen else None
