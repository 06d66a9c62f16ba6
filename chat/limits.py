"""How much one customer may send: per conversation, per address, and how many conversations an address may open.

Counted in the database, so that the limits hold across web processes and survive a restart.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.conf import settings
from django.db.models import QuerySet

from chat.models import LIFETIME, Conversation, Message, Sender
from shop import clock


class TooMany(Exception):
    """The limit is reached; it may be tried again after `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("too many")
        self.retry_after = retry_after


@dataclass(frozen=True)
class Limit:
    """At most `count` within `seconds`."""

    count: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> "Limit":
        """« 30/60 »: 30 within 60 seconds."""
        count, seconds = text.split("/")
        return cls(int(count), int(seconds))

    def check(self, rows: "QuerySet[Message] | QuerySet[Conversation]", moment: str) -> None:
        """Raise TooMany when `count` rows have their `moment` within the last `seconds`."""
        now = clock.now()
        # What is later than now was written before the clock was put back.
        window = (now - timedelta(seconds=self.seconds), now)
        recent = rows.filter(**{f"{moment}__range": window}).order_by(f"-{moment}")
        # The oldest of the last `count`: when it leaves the window, there is room again.
        oldest: datetime | None = recent.values_list(moment, flat=True)[self.count - 1 : self.count].first()
        if oldest:
            raise TooMany(max(1, ceil((oldest + timedelta(seconds=self.seconds) - now).total_seconds())))


def check_opening(address: str) -> None:
    """Raise TooMany when this address opened too many conversations."""
    Limit.parse(settings.CHAT_LIMIT_OPENINGS).check(Conversation.objects.filter(address=address), "opened_at")


def check_message(conversation: Conversation) -> None:
    """Raise TooMany when this conversation, or all of its address, sent too many messages."""
    said = Message.objects.filter(sender=Sender.CUSTOMER)
    in_conversation = Limit.parse(settings.CHAT_LIMIT_MESSAGES)
    # Its last number says without a query that a short conversation is far from it.
    if conversation.last_seq >= in_conversation.count:
        in_conversation.check(said.filter(conversation=conversation), "at")
    # Older ones have ended: an address that many share is not asked for all that was ever said there.
    limit = Limit.parse(settings.CHAT_LIMIT_ADDRESS)
    opened_since = clock.now() - LIFETIME - timedelta(seconds=limit.seconds)
    of_address = said.filter(conversation__address=conversation.address, conversation__opened_at__gt=opened_since)
    limit.check(of_address, "at")


def fingerprint(address: str) -> str:
    """What is kept of an IP address: enough to tell two apart, not enough to find one again."""
    return hmac.new(settings.SECRET_KEY.encode(), address.encode(), hashlib.sha256).hexdigest()[:32]
