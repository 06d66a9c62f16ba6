"""The inbox: conversations that wait for a person, or that a person answers."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from chat import activity, team
from chat.models import LIFETIME, Conversation, HandOverReason, Message, Responder, Sender
from console import bot_data
from console.models import Thread, Turn
from console.privacy.masking import mask
from console.transcript import BLOCK
from shop import clock
from shop.status import OrderStatus

SHOWN = 100
# Suffix of a lead's name among the viewers of a conversation.
LEAD = " (responsable)"
TABS = {
    "a-prendre": "À prendre",
    "miennes": "Les miennes",
    "client": "En attente du client",
    "collegues": "Collègues",
    "terminees": "Terminées",
}
# The most urgent reason first; within a reason, the longest wait first.
_URGENCY = [HandOverReason.DANGER, HandOverReason.DISTRESS, HandOverReason.DAMAGED, HandOverReason.MONEY]


@dataclass(frozen=True)
class Item:
    """A row of the list. `summary`: topics, order, last answer, if known. `awaits_reply`: the customer wrote last.

    `viewers`: names of other users who view it, without the answering agent.
    """

    conversation: Conversation
    summary: str
    last_text: str
    holder: str
    awaits_reply: bool
    viewers: list[str]


def conversations(tab: str, user: User) -> QuerySet[Conversation]:
    """The conversations of a tab, in the order in which they should be answered."""
    held = team.with_team().filter(responder=Responder.AGENT).select_related("agent")
    if tab == "a-prendre":
        to_take = Q(responder=Responder.WAITING) | Q(offered_to=user, offered_at__isnull=False)
        urgency = Case(
            *(When(reason=reason, then=Value(rank)) for rank, reason in enumerate(_URGENCY)),
            default=Value(len(_URGENCY)),
            output_field=IntegerField(),
        )
        found = team.with_team().filter(to_take).select_related("agent")
        return found.order_by(urgency, "responder_since", "id")
    if tab == "miennes":
        return held.filter(agent=user, asked__gt=F("agent_seq")).order_by("responder_since", "id")
    if tab == "client":
        return held.filter(agent=user, asked__lte=F("agent_seq")).order_by("-responder_since", "id")
    if tab == "collegues":
        others = held.exclude(agent=user).exclude(offered_to=user, offered_at__isnull=False)
        return others.order_by("responder_since", "id")
    # Older conversations have expired; without this bound, the query would read the whole index.
    since = clock.now() - LIFETIME
    ended = Conversation.objects.filter(responder=Responder.BOT, agent__isnull=False, responder_since__gt=since)
    found = ended.filter(erased_at=None, expires_at__gt=clock.now()).select_related("agent")
    return found.order_by("-responder_since", "id")


def counts(user: User) -> dict[str, int]:
    """{tab: number of conversations} of the tabs with work."""
    return {tab: conversations(tab, user).count() for tab in TABS if tab != "terminees"}


def items(tab: str, user: User) -> list[Item]:
    found = list(conversations(tab, user)[:SHOWN])
    last = _last_texts(found)
    about = _summaries(found)
    return [
        Item(
            one,
            about.get(one.id, ""),
            mask(last.get(one.id, ""), ()),
            team.display_name(one.agent) if one.agent else "",
            one.asked > one.agent_seq,
            _viewers(one, user),
        )
        for one in found
    ]


def _viewers(one: Conversation, user: User) -> list[str]:
    """The names of other viewers, from memory, without a query."""
    holder = team.display_name(one.agent) if one.responder == Responder.AGENT else ""
    return [name for name in activity.viewers(one.id, excluding=user.pk) if name.removesuffix(LEAD) != holder]


def latest_messages(conversation: Conversation) -> list[Message]:
    """The last BLOCK messages; the conversation's own page has all of them."""
    latest = conversation.messages.prefetch_related("buttons").filter(seq__gt=conversation.last_seq - BLOCK)
    return list(latest)


def _last_texts(found: list[Conversation]) -> dict[Any, str]:
    last = Message.objects.filter(conversation__in=found, sender=Sender.CUSTOMER, seq=F("conversation__asked"))
    return dict(last.values_list("conversation_id", "text"))


def _summaries(found: list[Conversation]) -> dict[Any, str]:
    """« Où est mon colis ? · commande expédiée · réponse : « Mon suivi ne bouge plus » ».

    The topics that the bot understood, the order's state, and the question that it answered last.
    """
    threads = Thread.objects.filter(chat__in=found).annotate(answered=_answered_last())
    titles, answers = {}, {}
    for chat, topics, question in threads.values_list("chat_id", "topics", "answered"):
        titles[chat], answers[chat] = _titles(topics), _answer(question)
    cards = {}
    for message in Message.objects.filter(conversation__in=found).exclude(card=None).order_by("seq"):
        cards[message.conversation_id] = message.card
    orders = {chat: _order(card) for chat, card in cards.items() if card}
    return {
        one.id: " · ".join(known[one.id] for known in (titles, orders, answers) if known.get(one.id)) for one in found
    }


def _answered_last() -> Subquery:
    """The entities of the last turn in which the bot answered a support question and the customer read that."""
    unread = Message.objects.filter(conversation=OuterRef("thread__chat"), seq=OuterRef("seq"), for_team=True)
    turns = Turn.objects.filter(
        thread=OuterRef("pk"), unanswered=False, form_input=False, intent__in=bot_data.problems()
    )
    return Subquery(turns.exclude(Exists(unread)).order_by("-seq").values("entities")[:1])


def _answer(entities: list[dict[str, Any]] | None) -> str:
    question = next((str(one["value"]) for one in entities or () if one["entity"] == bot_data.QUESTION), "")
    title = bot_data.questions().get(question)
    return f"réponse\u00a0: «\u00a0{mask(title, ())}\u00a0»" if title else ""


def _titles(topics: list[str]) -> str:
    """The topics' titles, without that of asking for a person."""
    return ", ".join(bot_data.intent_title(topic) for topic in topics if topic != bot_data.A_PERSON)


def _order(card: dict[str, Any]) -> str:
    """« commande expédiée »: without the number, which only the person who answers may see."""
    status = card.get("status")
    return f"commande {OrderStatus(status).label.lower()}" if status in OrderStatus.values else ""
