"""Rate limits: messages per conversation, messages per address, and conversations per address.

Counted in the database, so that they hold across web processes and survive a restart.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from math import ceil
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import CharField, DateTimeField, QuerySet

from chat.compiled_query import CompiledQuery, Param
from chat.models import LIFETIME, Conversation, Message, Sender
from shop import clock

M = TypeVar("M", Message, Conversation)


class TooMany(Exception):
    """The limit is reached; a retry makes sense after `retry_after` seconds."""

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

    def window(self) -> tuple[datetime, datetime]:
        """The counted period. Rows later than now were written before the clock was put back."""
        now = clock.now()
        return now - timedelta(seconds=self.seconds), now

    def filled_by(self, rows: "QuerySet[M]", moment: str, window: tuple[Any, Any]) -> "QuerySet[M]":
        """The oldest of the last `count` rows in the window: when it leaves the window, there is room again."""
        recent = rows.filter(**{f"{moment}__range": window}).order_by(f"-{moment}")
        return recent[self.count - 1 : self.count]

    def check(self, filled_at: datetime | None) -> None:
        """Raise TooMany if the limit is reached."""
        if filled_at:
            room_at = filled_at + timedelta(seconds=self.seconds)
            raise TooMany(max(1, ceil((room_at - clock.now()).total_seconds())))


def check_opening(address: str) -> None:
    """Raise TooMany if this address opened too many conversations."""
    limit = Limit.parse(settings.CHAT_LIMIT_OPENINGS)
    opened = limit.filled_by(Conversation.objects.filter(address=address), "opened_at", limit.window())
    limit.check(opened.values_list("opened_at", flat=True).first())


def check_message(conversation: Conversation) -> None:
    """Raise TooMany if this conversation, or all of its address together, sent too many messages."""
    _check_conversation(conversation, Limit.parse(settings.CHAT_LIMIT_MESSAGES))
    _check_address(conversation.address, Limit.parse(settings.CHAT_LIMIT_ADDRESS))


def _check_conversation(conversation: Conversation, limit: Limit) -> None:
    # The last number shows without a query that a short conversation is below the limit.
    if conversation.last_seq >= limit.count:
        sent = Message.objects.filter(sender=Sender.CUSTOMER, conversation=conversation)
        limit.check(limit.filled_by(sent, "at", limit.window()).values_list("at", flat=True).first())


def _check_address(address: str, limit: Limit) -> None:
    since, now = limit.window()
    found = _filled_by_address(limit).first(address=address, since=since, now=now, opened_since=since - LIFETIME)
    limit.check(found.at if found else None)


@cache
def _filled_by_address(limit: Limit) -> CompiledQuery[Message]:
    moment, address = DateTimeField(), CharField()
    # Older conversations have expired, so the history of a shared address need not be searched.
    sent = Message.objects.filter(
        sender=Sender.CUSTOMER,
        conversation__address=Param("address", address),
        conversation__opened_at__gt=Param("opened_since", moment),
    )
    window = Param("since", moment), Param("now", moment)
    return CompiledQuery(lambda: limit.filled_by(sent, "at", window).only("at"))


def fingerprint(address: str) -> str:
    """A keyed hash of an IP address: it distinguishes addresses, but does not reveal them."""
    return hmac.new(settings.SECRET_KEY.encode(), address.encode(), hashlib.sha256).hexdigest()[:32]
