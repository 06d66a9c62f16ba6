"""« État »: what was not answered, what was not copied, what could not be read."""

from datetime import timedelta

from django.db.models import F, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chat.models import Conversation
from console.access import requires_role
from console.models import BadRow, Cursor, Thread
from shop import clock

SHOWN = 50
# The worker says at least every 15 s that it lives (console/sync/worker.py).
STALLED = timedelta(minutes=1)


@require_safe
@requires_role("read")
def state(request: HttpRequest) -> HttpResponse:
    pending = Conversation.objects.filter(asked__gt=F("answered"), erased_at=None).select_related("thread")
    unexplained = Thread.objects.filter(unexplained__gt=0)
    cursors = list(Cursor.objects.order_by("source"))
    context = {
        "pending": pending[:SHOWN],
        "pending_count": pending.count(),
        "unexplained": unexplained[:SHOWN],
        "unexplained_count": unexplained.aggregate(all=Sum("unexplained"))["all"] or 0,
        "bad_rows": BadRow.objects.all()[:SHOWN],
        "bad_count": BadRow.objects.count(),
        "cursors": cursors,
        "stalled": bool(cursors) and max(cursor.at for cursor in cursors) < clock.now() - STALLED,
    }
    return render(request, "console/state.html", context)


@require_safe
@requires_role("read")
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "console/help.html")
