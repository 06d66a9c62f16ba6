"""« À relire »: the conversations to review, and the estimated quality of all conversations."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from console import bot_data, flash, paging, presence
from console.access import requires_role
from console.models import Thread
from console.review import success, to_review
from console.views.base import user_of

QUERY = "relecture=file"


@require_safe
@requires_role("read")
def queue(request: HttpRequest) -> HttpResponse:
    waiting = to_review(Thread.objects.all())
    page = paging.page(waiting, request.GET.get("apres", ""))
    words = bot_data.labels()["risks"]
    context = {
        "page": page,
        "query": QUERY,
        "rows": [
            (thread, [words.get(risk, risk) for risk in thread.risks] or ["Tirée au sort"]) for thread in page.threads
        ],
        "counted": paging.MAX_COUNT,
        "success": success(),
    }
    return render(request, "console/queue.html", context)


@require_safe
@requires_role("read")
def begin(request: HttpRequest) -> HttpResponse:
    """Go to the first conversation of the queue that no other user is viewing."""
    waiting = to_review(Thread.objects.all()).order_by(*paging.NEWEST).values_list("pk", flat=True)
    first = presence.claim(waiting, user_of(request))
    if first is None:
        if waiting:
            flash.add(request, "Les conversations qui restent sont chez quelqu’un d’autre.")
        return redirect("console:queue")
    return redirect(f"{reverse('console:thread', args=[first])}?{QUERY}")
