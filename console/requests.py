"""The requests that customers left with their e-mail, as items of the inbox's tabs."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet

from chat.models import HandOverRequest, Message, RequestAddition
from console import explain
from console.models import Thread
from console.privacy.masking import mask

SIZE = 25
# Maximum number of additions shown per request, the latest; older ones can be read in their conversations.
ADDITIONS = 5


def requests(tab: str, user: User) -> QuerySet[HandOverRequest]:
    """The requests of a tab: the longest wait first; answered ones, the latest first."""
    waiting = HandOverRequest.objects.filter(answered_at=None).order_by("created_at", "pk")
    tabs = {
        "a-prendre": waiting.filter(taken_by=None),
        "miennes": waiting.filter(taken_by=user),
        "collegues": waiting.exclude(taken_by=None).exclude(taken_by=user),
        "terminees": HandOverRequest.objects.exclude(answered_at=None).order_by("-answered_at", "-pk"),
    }
    found = tabs.get(tab, HandOverRequest.objects.none())
    return found.select_related("taken_by").prefetch_related("additions")


def described(found: Iterable[HandOverRequest], user: User) -> list[dict[str, Any]]:
    """What a page shows of each request; personal data is masked unless this user has taken the request."""
    shown = list(found)
    entries: list[HandOverRequest | RequestAddition] = [*shown]
    entries += [added for one in shown for added in one.additions.all()]
    threads = {
        thread.sender: thread for thread in Thread.objects.filter(sender__in={entry.conversation for entry in entries})
    }
    names = explain.names_of(thread.pk for thread in threads.values())
    photos = _photos(threads.values())

    def part(entry: HandOverRequest | RequestAddition, mine: bool) -> dict[str, Any]:
        thread = threads.get(entry.conversation)
        known = names[thread.pk] if thread else ()
        text = entry.text if mine else mask(entry.text, known)
        return {"one": entry, "thread": thread, "text": text, "photos": photos.get(entry.conversation)}

    def whole(one: HandOverRequest) -> dict[str, Any]:
        added, mine = list(one.additions.all()), one.taken_by_id == user.pk and one.answered_at is None
        return part(one, mine) | {
            "mine": mine,
            "added": [part(entry, mine) for entry in added[-ADDITIONS:]],
            "count": len(added),
            "more": max(0, len(added) - ADDITIONS),
            "has_new_additions": any(one.taken_at and entry.created_at > one.taken_at for entry in added),
            "answer": mask(one.answer, ()),
        }

    return [whole(one) for one in shown]


def _photos(threads: Iterable[Thread]) -> dict[str, list[dict[str, Any]]]:
    """{conversation: the photos that the customer sent in it}"""
    found: dict[str, list[dict[str, Any]]] = {}
    sent = Message.objects.filter(conversation__in=[one.chat_id for one in threads]).filter(photos__isnull=False)
    for conversation, photos in sent.order_by("seq").values_list("conversation_id", "photos"):
        found.setdefault(conversation.hex, []).extend(photos or [])
    return found
