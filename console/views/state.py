"""« État »: what was not answered, what was not copied, what could not be read."""

from django.db.models import F, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chat.models import Conversation
from console.access import needs
from console.models import BadRow, Cursor, Thread

SHOWN = 50


@require_safe
@needs("read")
def state(request: HttpRequest) -> HttpResponse:
    owed = Conversation.objects.filter(asked__gt=F("answered"), erased_at=None).select_related("thread")
    unexplained = Thread.objects.filter(unexplained__gt=0)
    context = {
        "owed": owed[:SHOWN],
        "owed_count": owed.count(),
        "unexplained": unexplained[:SHOWN],
        "unexplained_count": unexplained.aggregate(all=Sum("unexplained"))["all"] or 0,
        "bad_rows": BadRow.objects.all()[:SHOWN],
        "bad_count": BadRow.objects.count(),
        "cursors": Cursor.objects.order_by("source"),
    }
    return render(request, "console/state.html", context)


@require_safe
@needs("read")
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "console/help.html")
