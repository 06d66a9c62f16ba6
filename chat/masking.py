"""Masks secrets in a conversation before anything is stored (shop/masking/), also if they span messages.

The widget masks too (widget/src/masking.ts), but a client can bypass that.
"""

from chat import redaction
from chat.models import Conversation, Sender
from shop.masking import mask, pieces
from shop.masking.sources import LABELS

__all__ = ["CARD", "IBAN", "mask", "mask_in"]

CARD, IBAN = LABELS["card"], LABELS["iban"]


def mask_in(locked: Conversation, typed: str) -> str:
    """The masked text of the conversation's next message. If it completes a number, the earlier pieces are redacted."""
    count = pieces.messages_needed(typed)
    customers = locked.messages.filter(sender=Sender.CUSTOMER).order_by("-seq")
    latest = list(customers[:count])[::-1] if count else []
    masked, earlier = pieces.mask_next(typed, [message.text for message in latest])
    if earlier:
        redaction.replace(locked, [latest[place] for place in earlier], masked)
    return masked
