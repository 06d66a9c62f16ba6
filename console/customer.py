"""A conversation's customer, for the inbox's third pane: order, topic, photos, earlier conversations."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chat.models import Conversation
from console import bot_data
from console.models import Facet, FacetKind, Thread, Turn
from shop.order_card import Card, card_now

# Maximum number of earlier conversations; the list of conversations has all of them.
EARLIER = 5


@dataclass(frozen=True)
class ShownOrder:
    """The last order that the customer was shown, at `shown_at`. `is_current`: the card is that of the order now."""

    card: Card
    is_current: bool
    shown_at: datetime


def order_of(conversation: Conversation) -> ShownOrder | None:
    """The order as it is now, or as the customer read it, if it was deleted."""
    last = conversation.messages.filter(card__kind="order").order_by("-seq").first()
    if last is None or not isinstance(last.card, dict):
        return None
    current = card_now(str(last.card.get("number")))
    return ShownOrder(current or last.card, current is not None, last.at)


def topic_of(conversation: Conversation) -> str:
    """The title of the last topic that the customer asked about; empty if their window no longer shows it."""
    asked = Turn.objects.filter(thread__chat=conversation, seq__gt=conversation.hidden_now, form_input=False)
    last = asked.filter(intent__in=bot_data.problems()).order_by("-seq").first()
    return bot_data.intent_title(last.intent) if last else ""


def photos_of(conversation: Conversation) -> list[dict[str, Any]]:
    """All photos that the customer sent here, the first one first."""
    sent = conversation.messages.filter(photos__isnull=False).values_list("photos", flat=True)
    return [photo for photos in sent for photo in photos or ()]


def earlier(thread: Thread) -> list[Thread]:
    """The customer's earlier conversations, the newest first.

    The same customer: the same e-mail or number, as for a return (console/indexing/resolution.py). The address is not
    enough, because a household shares it.
    """
    named = Facet.objects.filter(thread=thread, kind=FacetKind.CUSTOMER).values("value")
    same = Facet.objects.filter(kind=FacetKind.CUSTOMER, value__in=named, started_at__lt=thread.started_at)
    return list(Thread.objects.filter(pk__in=same.values("thread")).exclude(pk=thread.pk)[:EARLIER])
