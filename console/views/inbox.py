"""The inbox: take a conversation over, answer the customer, hand back."""

import uuid
from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from chat import takeover, team
from chat.models import Conversation, HandOverRequest, Responder, Sender
from chat.text import Unreadable
from chat.updates import ConversationClosed
from console import audit, explain, inbox
from console.access import admits, requires_role
from console.cards import in_words
from console.inbox_updates import inbox_updates
from console.models import Thread
from console.views.base import user_of
from shop import clock
from shop.formatting import NO_BREAK
from shop.limits import MAX_MESSAGE_CHARACTERS

HEARTBEAT_SECONDS = 15.0
ENDED = f"Cette conversation est terminée ou a été effacée{NO_BREAK}: il n’est plus possible d’y répondre."
UNSEEN = f"Le client a écrit entre-temps{NO_BREAK}: lisez son message, puis envoyez de nouveau."


@require_safe
@requires_role("review")
def inbox_page(request: HttpRequest) -> HttpResponse:
    """The three panes: the list, the chosen conversation, and the customer."""
    chosen = _chosen(request.GET.get("c", ""))
    if chosen:
        audit.record(request, "read", chosen)
    return _page(request, chosen)


@require_safe
@requires_role("review", background=True)
def inbox_list(request: HttpRequest) -> HttpResponse:
    """The list alone, after a change."""
    return render(request, "console/_inbox_list.html", _list_context(request))


@require_safe
@requires_role("review", background=True)
def inbox_talk(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The messages of one conversation alone, after a change."""
    return render(request, "console/_inbox_talk.html", _talk_context(request, get_object_or_404(Conversation, id=pk)))


@require_POST
@requires_role("review")
def take(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take the conversation. The person who answers sees its data unmasked, so that is recorded."""
    conversation = get_object_or_404(Conversation, id=pk)
    try:
        takeover.take(pk, user_of(request))
    except takeover.NotYours as refused:
        return _page(request, conversation, problem=f"{refused.holder} a déjà pris cette conversation.", status=409)
    except ConversationClosed:
        return _page(request, conversation, problem=ENDED, status=409)
    audit.record(request, "took_over", conversation)
    return _to(conversation)


@require_POST
@requires_role("review")
def reply(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Send the agent's message. If it is refused, the page keeps its text."""
    conversation = get_object_or_404(Conversation, id=pk)
    typed = request.POST.get("texte", "")
    try:
        client_id, seen = uuid.UUID(request.POST.get("envoi", "")), int(request.POST.get("vu", ""))
    except ValueError:
        return HttpResponse("Cet envoi n’est pas valable.", status=400, content_type="text/plain; charset=utf-8")
    held = conversation.responder == Responder.AGENT
    try:
        takeover.reply(pk, user_of(request), client_id, typed, seen)
    except takeover.NotYours as refused:
        who = refused.holder or "L’assistant"
        return _page(
            request, conversation, problem=f"Non envoyé{NO_BREAK}: {who} répond maintenant.", typed=typed, status=409
        )
    except takeover.Unseen:
        return _page(request, conversation, problem=UNSEEN, typed=typed, status=409)
    except Unreadable as fault:
        return _page(request, conversation, problem=str(fault), typed=typed, status=400)
    except ConversationClosed:
        return _page(request, conversation, problem=ENDED, typed=typed, status=409)
    if not held:
        audit.record(request, "took_over", conversation)
    return _to(conversation)


@require_POST
@requires_role("review")
def end(request: HttpRequest, pk: uuid.UUID, how: str) -> HttpResponse:
    """Hand back to the bot, or close the exchange."""
    conversation = get_object_or_404(Conversation, id=pk)
    change = {"rendre": takeover.hand_back, "terminer": takeover.close}[how]
    try:
        change(pk, user_of(request))
    except takeover.NotYours:
        return _page(request, conversation, problem="Cette conversation n’est plus la vôtre.", status=409)
    except ConversationClosed:
        return _page(request, conversation, problem=ENDED, status=409)
    audit.record(request, "handed_back" if how == "rendre" else "closed", conversation)
    return redirect(f"{reverse('console:inbox')}?fait={how}")


@require_POST
@requires_role("review", background=True)
def be_present(request: HttpRequest) -> HttpResponse:
    """The open inbox calls this regularly."""
    team.mark_present(user_of(request), request.POST.get("disponible") == "1")
    return HttpResponse(status=204)


async def stream(request: HttpRequest) -> HttpResponseBase:
    """Server-sent events: `change` with the inbox's version."""
    if not await sync_to_async(admits)(request, "review"):
        return HttpResponse(status=403)
    response = StreamingHttpResponse(_events(), content_type="text/event-stream")
    response["X-Accel-Buffering"] = "no"
    response["Cache-Control"] = "no-store"
    return response


async def _events() -> AsyncIterator[str]:
    version = ""
    yield "retry: 2000\n\n"
    while True:
        found = await inbox_updates.wait(version, HEARTBEAT_SECONDS)
        if found != version:
            version = found
            yield f"event: change\ndata: {version}\n\n"
        else:
            yield ": …\n\n"


def _chosen(given: str) -> Conversation | None:
    try:
        return Conversation.objects.filter(id=uuid.UUID(given)).first()
    except ValueError:
        return None


def _to(conversation: Conversation) -> HttpResponse:
    return redirect(f"{reverse('console:inbox')}?onglet=miennes&c={conversation.id.hex}")


def _page(
    request: HttpRequest, conversation: Conversation | None, problem: str = "", typed: str = "", status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {**_list_context(request), "problem": problem, "done": request.GET.get("fait", "")}
    if conversation:
        conversation.refresh_from_db()
        context |= _talk_context(request, conversation) | {"typed": typed, "client_id": uuid.uuid4()}
    return render(request, "console/inbox.html", context, status=status)


def _list_context(request: HttpRequest) -> dict[str, Any]:
    user = user_of(request)
    counts = inbox.counts(user)
    asked = request.GET.get("onglet", "")
    tab = asked if asked in inbox.TABS else next((tab for tab in ("miennes", "a-prendre") if counts[tab]), "a-prendre")
    tabs = [(name, title, counts.get(name)) for name, title in inbox.TABS.items()]
    requests = HandOverRequest.objects.filter(answered_at=None).count()
    return {
        "tab": tab, "tabs": tabs, "items": inbox.items(tab, user), "counts": counts, "requests": requests,
        "chosen": request.GET.get("c", ""), "now": clock.now(),
    }  # fmt: skip


def _talk_context(request: HttpRequest, conversation: Conversation) -> dict[str, Any]:
    """The conversation, unmasked for the person who answers it."""
    user = user_of(request)
    mine = conversation.responder == Responder.AGENT and conversation.agent_id == user.pk
    messages = inbox.latest_messages(conversation)
    thread = Thread.objects.filter(chat=conversation).first()
    names = explain.names_of([thread.pk])[thread.pk] if thread else ()
    card = in_words(inbox.order_card(conversation))
    return {
        "talk": conversation,
        "thread": thread,
        "mine": mine,
        "holder": team.display_name(conversation.agent) if conversation.responder == Responder.AGENT else "",
        "open": conversation.erased_at is None and conversation.expires_at > clock.now(),
        "seen": conversation.last_seq,
        "earlier": messages[0].seq - 1 if messages else 0,
        "lines": [(message, explain.masked(message.text, mine, names), _who(message)) for message in messages],
        "card": {label: explain.masked(value, mine, names) for label, value in card.items()},
        "notes": thread.notes.filter(turn=None).select_related("user") if thread else [],
        "longest": MAX_MESSAGE_CHARACTERS,
    }


def _who(message: Any) -> str:
    return message.author or {Sender.CUSTOMER: "Client", Sender.BOT: "Assistant"}.get(message.sender, "Conseiller")
