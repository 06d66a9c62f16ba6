"""Tells open inboxes that something changed.

One query a second for all agents of this process: what an inbox shows is read again only when its version differs.
"""

import asyncio
import hashlib
import logging

from django.db import DatabaseError
from django.db.models import Count, Max

from chat.db_threads import db_read
from chat.models import HandOverRequest
from chat.team import present, with_team

POLL_SECONDS = 1.0
logger = logging.getLogger(__name__)


class InboxUpdates:
    """The version of the inbox; `wait` returns when it differs from a known one."""

    def __init__(self) -> None:
        self.version = ""
        self._changed = asyncio.Condition()
        self._readers = 0

    async def run(self) -> None:
        """Compare once a second while anybody waits, until cancelled."""
        while True:
            if self._readers:
                await self._compare()
            await asyncio.sleep(POLL_SECONDS)

    async def wait(self, known: str, seconds: float) -> str:
        """The current version, as soon as it is not `known`, or after this many seconds."""
        self._readers += 1
        try:
            async with self._changed:
                await asyncio.wait_for(self._changed.wait_for(lambda: self.version not in ("", known)), seconds)
        except TimeoutError:
            pass
        finally:
            self._readers -= 1
        return self.version

    async def _compare(self) -> None:
        try:
            found = await db_read(_version)()
        except DatabaseError as fault:
            logger.warning("the inbox waits: %s", type(fault).__name__)
            return
        if found != self.version:
            async with self._changed:
                self.version = found
                self._changed.notify_all()


def _version() -> str:
    shown = ("id", "responder", "agent", "last_seq", "responder_since", "offered_to", "offered_at")
    rows = with_team().order_by("id").values_list(*shown)
    people = present().order_by("user").values_list("user", "available")
    waiting = HandOverRequest.objects.filter(answered_at=None)
    left = waiting.aggregate(Count("pk"), Max("pk"), Max("taken_at"), Max("additions__pk"))
    return hashlib.sha256(repr((list(rows), list(people), left)).encode()).hexdigest()[:16]


inbox_updates = InboxUpdates()
