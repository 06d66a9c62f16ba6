"""A person, identified by an e-mail or a number, and their data."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import TypeVar
from urllib.parse import unquote_plus
from uuid import UUID

from django.db.models import Q, QuerySet

from chat.models import Conversation, HandOverRequest, Message, RequestAddition
from console import search
from console.identifiers import spellings
from console.models import SavedView, Thread, Turn
from console.text import words
from shop.emails import normalised_email
from shop.numbers import ORDER_SHAPE, TRADEIN_SHAPE, order_number, tradein_number

Key = TypeVar("Key")


class InvalidIdentifier(ValueError):
    """Neither an e-mail nor a number. The message is a French sentence."""


def parse_identifier(typed: str) -> str:
    """Normalise the e-mail or number. Raises InvalidIdentifier."""
    found = normalised_email(typed) or order_number(typed) or tradein_number(typed)
    if not found:
        raise InvalidIdentifier(
            f"Donnez une adresse e-mail, un numéro de commande ({ORDER_SHAPE}) ou de reprise ({TRADEIN_SHAPE})."
        )
    return found


def threads_of(person: str) -> list[Thread]:
    """Every conversation that contains this e-mail or number: in a message, a slot or a request."""
    slots = Q(slots__email__iexact=person) | Q(slots__order_number=person) | Q(slots__tradein_number=person)
    ids = set(Turn.objects.filter(slots).values_list("thread", flat=True))
    ids |= set(search.quoting(Thread.objects.all(), spellings(person)).values_list("pk", flat=True))
    left = list(HandOverRequest.objects.filter(email__iexact=person).values_list("conversation", flat=True))
    added = RequestAddition.objects.filter(request__email__iexact=person).values_list("conversation", flat=True)
    where = Q(pk__in=ids) | Q(sender__in=[*left, *added]) | Q(chat__in=_recently_written(person))
    return list(Thread.objects.filter(where).select_related("chat"))


def unindexed_of(person: str) -> list[Conversation]:
    """Conversations of the person that the console has not indexed yet."""
    return list(Conversation.objects.filter(pk__in=_recently_written(person), thread=None))


def requests_of(person: str) -> QuerySet[HandOverRequest]:
    texts = HandOverRequest.objects.filter(_holding("text", person)).values_list("pk", "text")
    return HandOverRequest.objects.filter(Q(email__iexact=person) | Q(pk__in=_naming(texts, person)))


def additions_of(person: str) -> QuerySet[RequestAddition]:
    """Additions that name the person, to other people's requests."""
    texts = RequestAddition.objects.filter(_holding("text", person)).values_list("pk", "text")
    return RequestAddition.objects.filter(pk__in=_naming(texts, person))


def views_of(person: str) -> QuerySet[SavedView]:
    """Saved views whose filter or name contains the complete identifier; a part of it identifies nobody."""
    texts = [(view.pk, f"{unquote_plus(view.query)} {view.name}") for view in SavedView.objects.all()]
    return SavedView.objects.filter(pk__in=_naming(texts, person))


def _recently_written(person: str) -> set[UUID]:
    """Conversations that name the person and changed since they were indexed: the search misses them."""
    recent = Conversation.objects.filter(unindexed=True)
    messages = Message.objects.filter(_holding("text", person), conversation__in=recent)
    comments = recent.filter(_holding("comment", person)).values_list("pk", "comment")
    return _naming(messages.values_list("conversation", "text"), person) | _naming(comments, person)


def _holding(field: str, person: str) -> Q:
    return reduce(or_, (Q(**{f"{field}__icontains": one}) for one in spellings(person)))


def _naming(texts: Iterable[tuple[Key, str]], person: str) -> set[Key]:
    """The keys of the rows that contain the identifier as whole words: a longer number is another one."""
    phrases = [_plain(one) for one in spellings(person)]
    return {key for key, text in texts if any(phrase in _plain(text) for phrase in phrases)}


def _plain(text: str) -> str:
    return f" {' '.join(words(text))} "
