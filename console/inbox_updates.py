"""Notifies open inboxes of changes.

One query a second computes a version for all agents of this process; an inbox reloads its data only when the version
changes.
"""

import asyncio
import hashlib
import logging
import uuid

from django.db import DatabaseError
from django.db.models import Count, Max

from chat import pubsub
from chat.db_threads import db_read
from chat.models import HandOverRequest
from chat.team import present, with_team

POLL_SECONDS = 1.0
# The id to which the inbox's streams subscribe; no conversation has it.
INBOX = uuid.UUID(int=0)
logger = logging.getLogger(__name__)


class InboxUpdates:
    """The version of the inbox; its subscribers are woken when it changes."""

    def __init__(self) -> None:
        self.version = ""

    async def run(self) -> None:
        """Compare versions once a second while an inbox is open, until cancelled."""
        while True:
            if pubsub.has_readers(INBOX):
                await self._compare()
            await asyncio.sleep(POLL_SECONDS)

    async def _compare(self) -> None:
        try:
            found = await db_read(_version)()
        except DatabaseError as fault:
            logger.warning("the inbox waits: %s", type(fault).__name__)
            return
        if found != self.version:
            self.version = found
            pubsub.publish(INBOX)


def _version() -> str:
    shown = ("id", "responder", "agent", "last_seq", "responder_since", "offered_to", "offered_at")
    rows = with_team().order_by("id").values_list(*shown)
    people = present().order_by("user").values_list("user", "available")
    waiting = HandOverRequest.objects.filter(answered_at=None)
    left = waiting.aggregate(Count("pk"), Max("pk"), Max("taken_at"), Max("additions__pk"))
    return hashlib.sha256(repr((list(rows), list(people), left)).encode()).hexdigest()[:16]


inbox_updates = InboxUpdates()
