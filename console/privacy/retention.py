"""What is older than its time goes: conversations with all that hangs on them, answered requests, the audit trail."""

import re
from datetime import datetime

from auditlog.models import LogEntry
from dateutil.relativedelta import relativedelta
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.db.models import Max

from chat.models import Conversation, HandOverRequest
from console.models import BadRow, Thread
from console.privacy.erase import forget_in_rasa, overwrite
from shop import access, clock

AT_ONCE = 200
_PERIOD = re.compile(r"(\d{1,4})\s*(day|week|month|year)s?")


class BadPeriod(ValueError):
    """Not « 13 months » or the like."""


def since(period: str) -> datetime:
    """The moment so long ago: « 13 months », « 90 days ». Raises BadPeriod."""
    found = _PERIOD.fullmatch(period.strip())
    if not found:
        raise BadPeriod(f"{period!r} is no period: say « 13 months », « 90 days », « 2 years »")
    ago: datetime = clock.now() - relativedelta(**{f"{found[2]}s": int(found[1])})  # type: ignore[arg-type]
    return ago


def purge(before: datetime) -> dict[str, int]:
    """Erase what ended before this moment; how many of each. Raises console.privacy.erase.NotErased."""
    counts = {"conversations": 0, "requests": 0, "audit entries": 0}
    while old := list(Thread.objects.filter(last_at__lt=before)[:AT_ONCE]):
        senders = [thread.sender for thread in old]
        forget_in_rasa(senders)
        access.forget(senders)
        BadRow.objects.filter(sender__in=senders).delete()
        counts["requests"] += HandOverRequest.objects.filter(conversation__in=senders).delete()[0]
        Conversation.objects.filter(thread__in=old).delete()
        Thread.objects.filter(sender__in=senders).delete()
        counts["conversations"] += len(old)
    # Those that were opened and never used, or erased, have no thread.
    bare = Conversation.objects.filter(thread=None, opened_at__lt=before).annotate(last=Max("messages__at"))
    counts["conversations"] += bare.exclude(last__gte=before).delete()[1].get("chat.Conversation", 0)
    counts["requests"] += HandOverRequest.objects.filter(answered_at__lt=before).delete()[0]
    counts["audit entries"] = LogEntry.objects.filter(timestamp__lt=before).delete()[0]
    access.forget_past()
    SessionStore.clear_expired()
    transaction.on_commit(overwrite)
    return counts
