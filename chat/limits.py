"""Rate limits: messages and photos per conversation and per address, and conversations per address.

Counted in the database, so that they hold across web processes and survive a restart.
"""

from datetime import datetime
from functools import cache
from math import ceil

from django.conf import settings
from django.db.models import CharField, DateTimeField

from chat.compiled_query import CompiledQuery, Param
from chat.models import LIFETIME, Conversation, Message, Photo, Sender
from shop import clock
from shop.rate_limit import Limit


class TooMany(Exception):
    """The limit is reached; a retry makes sense after `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("too many")
        self.retry_after = retry_after


def check_opening(address: str) -> None:
    """Raise TooMany if this address opened too many conversations."""
    limit = Limit.parse(settings.CHAT_LIMIT_OPENINGS)
    _refuse_until(limit.free_at(Conversation.objects.filter(address=address), "opened_at"))


def check_message(conversation: Conversation) -> None:
    """Raise TooMany if this conversation, or all conversations of its address together, sent too many messages."""
    _check_conversation(conversation, Limit.parse(settings.CHAT_LIMIT_MESSAGES))
    _check_address(conversation.address, Limit.parse(settings.CHAT_LIMIT_ADDRESS))


def check_photo(conversation: Conversation) -> None:
    """Raise TooMany if this conversation, or all of its address together, uploaded too many photos, refused or not."""
    own = Photo.objects.filter(conversation=conversation)
    of_address = Photo.objects.filter(conversation__address=conversation.address)
    _refuse_until(Limit.parse(settings.CHAT_LIMIT_PHOTOS).free_at(own, "at"))
    _refuse_until(Limit.parse(settings.CHAT_LIMIT_PHOTOS_ADDRESS).free_at(of_address, "at"))


def _refuse_until(free_at: datetime | None) -> None:
    if free_at:
        raise TooMany(max(1, ceil((free_at - clock.now()).total_seconds())))


def _check_conversation(conversation: Conversation, limit: Limit) -> None:
    # `last_seq` bounds the number of messages, so a short conversation needs no query.
    if conversation.last_seq >= limit.count:
        _refuse_until(limit.free_at(Message.objects.filter(sender=Sender.CUSTOMER, conversation=conversation), "at"))


def _check_address(address: str, limit: Limit) -> None:
    since, now = limit.window()
    found = _filled_by_address(limit).first(address=address, since=since, now=now, opened_since=since - LIFETIME)
    _refuse_until(found.at + limit.period if found else None)


@cache
def _filled_by_address(limit: Limit) -> CompiledQuery[Message]:
    moment, address = DateTimeField(), CharField()
    # Only conversations of the last day: older ones have expired, and a shared address may have many.
    sent = Message.objects.filter(
        sender=Sender.CUSTOMER,
        conversation__address=Param("address", address),
        conversation__opened_at__gt=Param("opened_since", moment),
    )
    window = Param("since", moment), Param("now", moment)
    return CompiledQuery(lambda: limit.row_to_expire(sent, "at", window).only("at"))
