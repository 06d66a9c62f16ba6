"""« Ce que le bot ne comprend pas »."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console import bot_data, explain
from console.access import requires_role
from console.computing.worker import NotComputed
from console.privacy.masking import mask
from console.text import words
from console.training.unanswered import Cluster, clusters

DAYS = {"7": 7, "30": 30, "90": 90}


@require_safe
@requires_role("read")
def unanswered(request: HttpRequest) -> HttpResponse:
    days = DAYS.get(request.GET.get("jours", ""), 30)
    try:
        found = clusters(days)
    except NotComputed:
        message = "Cette page n’a pas pu être calculée à temps. Réessayez dans un instant."
        return render(request, "console/error.html", {"message": message, "back": request.path}, status=503)
    names = explain.names_of(turn.thread_id for cluster in found for turn in cluster.turns)
    groups = [_group(cluster, names) for cluster in found]
    total = sum(int(str(group["count"])) for group in groups)
    return render(
        request, "console/unanswered.html", {"groups": groups, "days": days, "all_days": DAYS, "total": total}
    )


def _group(cluster: Cluster, names: explain.Names) -> dict[str, object]:
    shown = [(turn, mask(turn.text, names[turn.thread_id])) for turn in cluster.turns]
    # A word that is masked in the messages must not appear in the heading.
    legible = {word for _, text in shown for word in words(text)}
    return {
        "words": [word for word in cluster.words if word in legible],
        "count": cluster.count,
        "turns": [(turn, text, bot_data.intent_title(turn.question)) for turn, text in shown],
    }
