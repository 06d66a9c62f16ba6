"""The template contexts of the inbox: the list, and the chosen conversation or request."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from chat import answer_notices, team
from chat.models import Conversation, HandOverRequest, Responder, Sender
from console import audit, canned, customer, explain, inbox, inbox_bulk, requests, tags
from console.cards import in_words
from console.forms import InboxForm
from console.incidents import incidents
from console.models import Thread
from console.roles import has_role
from console.views.base import user_of
from shop import clock

_READING = "reading"


def page(
    request: HttpRequest, conversation: Conversation | None = None, *, problem: str = "", typed: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The whole page, with this conversation or with the request in the query string."""
    context: dict[str, Any] = {**list_context(request), **incidents_context(), "problem": problem}
    if conversation:
        conversation.refresh_from_db()
        note_reading(request, conversation)
        context |= talk_context(request, conversation) | transfer_targets_context(conversation)
        context |= customer_context(conversation, context)
        context |= {"typed": typed, "client_id": uuid.uuid4(), "canned": _canned(conversation, user_of(request))}
    elif chosen := _chosen_request(request):
        context["request_row"] = row = requests.described([chosen], user_of(request))[0]
        context["earlier_threads"] = customer.earlier(row["thread"]) if row["thread"] else []
    return render(request, "console/inbox.html", context, status=status)


def incidents_context() -> dict[str, Any]:
    """The incidents (console/incidents.py), and the current notices about them."""
    return {"incidents": incidents(), "said": answer_notices.current()}


def note_reading(request: HttpRequest, conversation: Conversation) -> None:
    """Record in the audit trail that this user reads the conversation; `is_being_read` prevents further entries."""
    audit.record(request, "read", conversation)
    request.session[_READING] = conversation.id.hex


def is_being_read(request: HttpRequest, conversation: Conversation) -> bool:
    return bool(request.session.get(_READING) == conversation.id.hex)


def to_talk(conversation: Conversation) -> HttpResponse:
    return redirect(f"{reverse('console:inbox')}?c={conversation.id.hex}")


def asked(request: HttpRequest) -> dict[str, Any]:
    """The query parameters; an invalid one counts as missing."""
    form = InboxForm(request.GET)
    form.is_valid()
    return {name: form.cleaned_data.get(name) for name in form.fields}


def list_context(request: HttpRequest) -> dict[str, Any]:
    user, given = user_of(request), asked(request)
    live = inbox.counts(user)
    counts = {tab: live.get(tab, 0) + requests.requests(tab, user).count() for tab in inbox.TABS if tab != "terminees"}
    tab = given["onglet"] if given["onglet"] in inbox.TABS else _tab_of(given, user) or _busiest(counts)
    left = Paginator(requests.requests(tab, user), requests.SIZE).get_page(given["page"])
    return {
        "tab": tab,
        "tabs": [(name, title, counts.get(name)) for name, title in inbox.TABS.items()],
        "items": inbox.items(tab, user) if left.number == 1 else [],
        "left": left,
        "rows": requests.described(left.object_list, user),
        "waiting": live["a-prendre"],
        "chosen": given["c"].hex if given["c"] else "",
        "chosen_request": given["d"],
        "actions": inbox_bulk.ACTIONS.get(tab, {}) if has_role(user, "review") else {},
    }


def talk_context(request: HttpRequest, conversation: Conversation) -> dict[str, Any]:
    """The conversation, unmasked for the person who answers it."""
    user = user_of(request)
    mine = conversation.responder == Responder.AGENT and conversation.agent_id == user.pk
    messages = inbox.latest_messages(conversation)
    thread = Thread.objects.filter(chat=conversation).first()
    names = explain.names_of([thread.pk])[thread.pk] if thread else ()
    return {
        "talk": conversation,
        "thread": thread,
        "names": names,
        "mine": mine,
        "can_put_back": mine and conversation.service_periods.filter(ended_at=None, replied_at=None).exists(),
        "holder": team.display_name(conversation.agent) if conversation.responder == Responder.AGENT else "",
        "open": conversation.erased_at is None and conversation.expires_at > clock.now(),
        "seen": conversation.last_seq,
        "earlier": messages[0].seq - 1 if messages else 0,
        "lines": [(message, explain.masked(message.text, mine, names), _who(message)) for message in messages],
        "offer": _offer(conversation, user),
    }


def customer_context(conversation: Conversation, talk: dict[str, Any]) -> dict[str, Any]:
    """The context of the third pane, about the customer. `talk`: the context of the conversation."""
    thread, names = talk["thread"], talk["names"]
    order = customer.order_of(conversation)
    card = in_words(order.card if order else None)
    context: dict[str, Any] = {
        "photos": customer.photos_of(conversation),
        "order": order,
        "now": clock.now(),
        "card": {label: explain.masked(value, talk["mine"], names) for label, value in card.items()},
    }
    if thread is None:  # not indexed yet
        return context
    return context | {
        "notes": thread.notes.select_related("user"),
        "tags": tags.of(thread),
        "known_tags": tags.known(),
        "earlier_threads": customer.earlier(thread),
    }


def transfer_targets_context(conversation: Conversation) -> dict[str, Any]:
    """The colleagues to whom the conversation can be transferred."""
    present = team.present().filter(available=True).exclude(user=conversation.agent_id).select_related("user")
    return {
        "colleagues": [(one.user_id, team.display_name(one.user)) for one in present.order_by("user__username")],
        "offer_minutes": settings.TEAM_OFFER_MINUTES,
    }


def fill_placeholders(conversation: Conversation, typed: str, agent: User) -> str:
    """The message with the conversation's values instead of placeholders."""
    return canned.fill(typed, _values(conversation, agent)) if canned.unfilled(typed) else typed


def _values(conversation: Conversation, agent: User) -> dict[str, str]:
    thread = Thread.objects.filter(chat=conversation).first()
    names = explain.names_of([thread.pk])[thread.pk] if thread else ()
    order = customer.order_of(conversation)
    return canned.values_of(order.card if order else None, names, agent)


def _canned(conversation: Conversation, user: User) -> list[dict[str, str]]:
    """The canned replies, filled in for the agent who answers. Others see placeholders, because values are personal."""
    mine = conversation.responder == Responder.AGENT and conversation.agent_id == user.pk
    values = _values(conversation, user) if mine else {}
    return [{"title": one.title, "text": canned.fill(one.text, values)} for one in canned.usable_by(user)]


def _offer(conversation: Conversation, user: User) -> dict[str, Any]:
    """The offer of the conversation, to a colleague or to this user."""
    if conversation.offered_to is None:
        return {}
    pending = conversation.offered_at is not None
    return {
        "to_me": pending and conversation.offered_to == user,
        "pending": pending,
        "to": team.display_name(conversation.offered_to),
    }


def _tab_of(given: dict[str, Any], user: User) -> str:
    """The tab that contains the chosen conversation or request, so that its list is shown."""
    for tab in inbox.TABS:
        if given["c"] and inbox.conversations(tab, user).filter(id=given["c"]).exists():
            return tab
        if given["d"] and requests.requests(tab, user).filter(pk=given["d"]).exists():
            return tab
    return ""


def _busiest(counts: dict[str, int]) -> str:
    return next((tab for tab in ("miennes", "a-prendre") if counts[tab]), "a-prendre")


def _chosen_request(request: HttpRequest) -> HandOverRequest | None:
    chosen = asked(request)["d"]
    found = HandOverRequest.objects.filter(pk=chosen) if chosen else HandOverRequest.objects.none()
    return found.select_related("taken_by").prefetch_related("additions").first()


def _who(message: Any) -> str:
    return message.author or {Sender.CUSTOMER: "Client", Sender.BOT: "Assistant"}.get(message.sender, "Conseiller")
