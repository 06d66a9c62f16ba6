"""Masks secrets in a conversation before anything is stored (shop/masking/), also if they spread over messages.

The widget masks too (widget/src/masking/); this is the rule that no client can bypass.
"""

from django.db.models import Q

from chat import redaction
from chat.models import Conversation, Sender
from shop.masking import mask, pieces
from shop.masking.sources import LABELS

__all__ = ["CARD", "IBAN", "mask", "mask_in"]

CARD, IBAN = LABELS["card"], LABELS["iban"]


def mask_in(locked: Conversation, typed: str) -> str:
    """The masked text of this conversation's next message. If it completes a card number, its pieces are replaced."""
    customers = locked.messages.filter(sender=Sender.CUSTOMER).order_by("-seq")
    telling = customers.filter(Q(text__regex="[0-9]") | Q(text__contains=CARD))
    before = list(telling[: pieces.PIECES - 1])[::-1] if pieces.may_continue(typed) else []
    previous = customers.values_list("text", flat=True).first() if pieces.may_be_announced(typed) else None
    masked, count = pieces.mask_next(typed, [message.text for message in before], previous or "")
    if count:
        redaction.replace(locked, before[-count:], CARD)
    return masked
