"""Publishes to each open inbox the parts of its page that changed; an inbox subscribes to what it shows.

Two queries a second read what all inboxes of this process show (`Snapshot`). So a customer's message reloads the inbox
of the agent who answers, and not those of the forty-nine others.
"""

import asyncio
import hashlib
import logging
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.db import DatabaseError
from django.db.models import Count, Max

from chat import pubsub
from chat.db_threads import db_read
from chat.models import Conversation, HandOverRequest, Responder
from chat.team import present, with_team

POLL_SECONDS = 1.0
# Minimum interval between two changes of the queue, times the number of open inboxes. Each change makes every inbox
# reload its list, so with more than sixteen inboxes they reload less often than once a second.
QUEUE_SECONDS = 0.06
# The id to which the inbox's streams subscribe; no conversation has it.
INBOX = uuid.UUID(int=0)
# The tabs that show other agents' conversations.
OF_OTHERS = ("collegues", "terminees")
_FIELDS = ("id", "responder", "agent", "last_seq", "responder_since", "offered_to", "offered_at")
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Snapshot:
    """`queue`: a hash of the waiting conversations and requests. `held`: conversations that an agent answers.

    `others`: further conversations that a page shows.
    """

    queue: str
    people: str
    held: list[dict[str, Any]]
    others: list[dict[str, Any]]

    def seen_by(self, user: int, tab: str, shown: uuid.UUID | None) -> dict[str, str]:
        """{part of this user's page: its version}: the list, the conversation, the colleagues who are present."""
        concerns = [one for one in self.held if tab in OF_OTHERS or user in (one["agent"], one["offered_to"])]
        talk = [one for one in (*self.held, *self.others) if one["id"] == shown]
        return {"list": _version(self.queue, concerns), "talk": _version(talk), "people": self.people}


class InboxUpdates:
    """The latest snapshot. Changes wake the inboxes' streams."""

    def __init__(self) -> None:
        self.latest: Snapshot | None = None
        self._shown: Counter[uuid.UUID] = Counter()
        self._queue_changed_at = 0.0

    @contextmanager
    def showing(self, conversation: uuid.UUID | None) -> Iterator[None]:
        """Publish the conversation's changes while an inbox shows it, even if the bot answers."""
        shown = Counter([conversation] if conversation else [])
        self._shown += shown
        try:
            yield
        finally:
            self._shown -= shown

    async def run(self) -> None:
        """Compare snapshots once a second while an inbox is open, until cancelled."""
        while True:
            if pubsub.readers(INBOX):
                await self._compare()
            await asyncio.sleep(POLL_SECONDS)

    async def _compare(self) -> None:
        try:
            found = await db_read(snapshot)(set(self._shown))
        except DatabaseError as fault:
            logger.warning("the inbox could not be updated, and is retried: %s", type(fault).__name__)
            return
        if self.latest and found.queue != self.latest.queue:
            if time.monotonic() - self._queue_changed_at < QUEUE_SECONDS * pubsub.readers(INBOX):
                found = replace(found, queue=self.latest.queue)
            else:
                self._queue_changed_at = time.monotonic()
        if found != self.latest:
            self.latest = found
            pubsub.publish(INBOX)


def snapshot(shown: set[uuid.UUID]) -> Snapshot:
    rows = list(with_team().order_by("id").values(*_FIELDS))
    held = [one for one in rows if one["responder"] == Responder.AGENT]
    waiting = [one for one in rows if one["responder"] == Responder.WAITING]
    others = Conversation.objects.filter(id__in=shown - {one["id"] for one in held}).order_by("id").values(*_FIELDS)
    left = HandOverRequest.objects.filter(answered_at=None)
    requests = left.aggregate(Count("pk"), Max("pk"), Max("taken_at"), Max("additions__pk"))
    people = present().order_by("user").values_list("user", "available")
    return Snapshot(_version(waiting, requests, len(held)), _version(list(people)), held, list(others))


def _version(*shown: object) -> str:
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


inbox_updates = InboxUpdates()
