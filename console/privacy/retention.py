"""Retention: deletes conversations with their dependent data, requests and audit entries after the retention period."""

import re
from datetime import datetime

from auditlog.models import LogEntry
from axes.models import AccessLog
from dateutil.relativedelta import relativedelta
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from chat import handover, photos
from chat.models import LIFETIME, Conversation, HandOverRequest, Message
from console.indexing import changed_days
from console.lockout import KNOWN
from console.models import Thread
from console.privacy.erase import erase_in_rasa
from console.privacy.traces import overwrite
from shop import access, clock

BATCH_SIZE = 200
_PERIOD = re.compile(r"(\d{1,4})\s*(day|week|month|year)s?")


class InvalidPeriod(ValueError):
    """Not a period like « 13 months »."""


def since(period: str) -> datetime:
    """The moment this long ago: « 13 months », « 90 days ». Raises InvalidPeriod."""
    found = _PERIOD.fullmatch(period.strip())
    if not found:
        raise InvalidPeriod(f"{period!r} is no period: write « 13 months », « 90 days » or « 2 years »")
    ago: datetime = clock.now() - relativedelta(**{f"{found[2]}s": int(found[1])})  # type: ignore[arg-type]
    return ago


def purge(before: datetime) -> dict[str, int]:
    """Erase conversations and other data older than this moment; return the counts. Raises erase.ErasureIncomplete."""
    counts = {"conversations": 0, "requests": 0, "audit entries": 0}
    while old := list(Thread.objects.filter(last_at__lt=before)[:BATCH_SIZE]):
        senders = [thread.sender for thread in old]
        erase_in_rasa(senders)
        access.forget(senders)
        counts["requests"] += handover.forget(senders)
        with transaction.atomic():
            changed_days.mark(old)
            Conversation.objects.filter(thread__in=old).delete()
            Thread.objects.filter(sender__in=senders).delete()
        counts["conversations"] += len(old)
    counts["conversations"] += _purge_untracked(before)
    # A request that nobody answered only has its creation date.
    over = Q(answered_at__lt=before) | Q(answered_at=None, created_at__lt=before)
    counts["requests"] += HandOverRequest.objects.filter(over).delete()[0]
    counts["audit entries"] = LogEntry.objects.filter(timestamp__lt=before).delete()[0]
    photos.forget_unsent(max(before, clock.now() - LIFETIME))
    access.forget_past()
    SessionStore.clear_expired()
    AccessLog.objects.filter(attempt_time__lt=clock.now() - KNOWN).delete()
    transaction.on_commit(overwrite)
    return counts


def _purge_untracked(before: datetime) -> int:
    """Erase conversations without a thread: opened but never used, or not indexed. Return how many there were."""
    since_then = Message.objects.filter(conversation=OuterRef("pk"), at__gte=before)
    bare = Conversation.objects.filter(~Exists(since_then), thread=None, opened_at__lt=before)
    count = 0
    while old := list(bare[:BATCH_SIZE]):
        erase_in_rasa([chat.id.hex for chat in old if chat.last_seq and not chat.forgotten_at])
        Conversation.objects.filter(pk__in=[chat.pk for chat in old]).delete()
        count += len(old)
    return count
