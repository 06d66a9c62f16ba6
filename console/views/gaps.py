"""« Ce que le bot ne comprend pas »."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console import explain, project
from console.access import needs
from console.training.gaps import clusters

DAYS = {"7": 7, "30": 30, "90": 90}


@require_safe
@needs("read")
def gaps(request: HttpRequest) -> HttpResponse:
    days = DAYS.get(request.GET.get("jours", ""), 30)
    groups = [
        {
            "words": cluster.words,
            "count": cluster.count,
            "turns": [
                (turn, explain.masked(turn.text, False, ()), project.intent_title(turn.intent))
                for turn in cluster.turns
            ],
        }
        for cluster in clusters(days)
    ]
    total = sum(int(str(group["count"])) for group in groups)
    return render(request, "console/gaps.html", {"groups": groups, "days": days, "all_days": DAYS, "total": total})
