"""« État »: messages without an answer, and conversations that are not indexed yet."""

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chat.models import Conversation
from console.access import requires_role

SHOWN = 50


@require_safe
@requires_role("read")
def state(request: HttpRequest) -> HttpResponse:
    pending = Conversation.objects.filter(asked__gt=F("answered"), erased_at=None).select_related("thread")
    context = {
        "pending": pending[:SHOWN],
        "pending_count": pending.count(),
        "unindexed_count": Conversation.objects.filter(unindexed=True).count(),
    }
    return render(request, "console/state.html", context)


@require_safe
@requires_role("read")
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "console/help.html")
