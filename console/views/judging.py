"""« Juger à l’aveugle »: one sampled message after the other."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from console import audit, explain, judging, limits, transcript
from console.access import requires_role
from console.models import Sampled
from console.views.base import user_of

# How many earlier messages the page shows.
BEFORE = 6


@require_safe
@requires_role("review")
def begin(request: HttpRequest) -> HttpResponse:
    """Go to a message that still needs this user's judgement; at random, so that two judges rarely get the same one."""
    judging.sample_week(judging.last_week())
    following = judging.to_judge(user_of(request)).order_by("?").first()
    if following:
        return redirect("console:judge", following.pk)
    return render(request, "console/judge.html", {"sampled": None})


@require_safe
@requires_role("review")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The message and the messages before it."""
    sampled = _sampled(pk)
    audit.record(request, "judging", sampled.turn.thread)
    return _page(request, sampled)


@require_POST
@requires_role("review")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Store the judgement and redirect to the next message."""
    sampled, typed = _sampled(pk), request.POST.get("question", "").strip()[: limits.QUESTION_TITLE]
    special = request.POST.get("autre", "")
    try:
        chosen = {"hors-sujet": judging.OFF_TOPIC, "sans-avis": ""}[special] if special else judging.named(typed)
    except (judging.UnknownQuestion, KeyError) as fault:
        problem = str(fault) if isinstance(fault, judging.UnknownQuestion) else "Ce choix n’existe pas."
        return _page(request, sampled, typed, problem, 400)
    with transaction.atomic():
        judging.judge(sampled, user_of(request), chosen)
    return redirect("console:begin_judging")


def _sampled(pk: int) -> Sampled:
    return get_object_or_404(Sampled.objects.select_related("turn__thread__chat"), pk=pk)


def _page(
    request: HttpRequest, sampled: Sampled, typed: str = "", problem: str = "", status: int = 200
) -> HttpResponse:
    turn = sampled.turn
    before = turn.thread.chat.messages.filter(seq__gte=turn.seq - BEFORE, seq__lte=turn.seq).prefetch_related("buttons")
    names = explain.names_of([turn.thread_id])[turn.thread_id]
    said = [(entry, explain.masked(entry.text, False, names)) for entry in transcript.entries(before, [])]
    context = {
        "sampled": sampled,
        "said": said,
        "choices": judging.choices(),
        "left": judging.to_judge(user_of(request)).count(),
        "typed": typed,
        "problem": problem,
    }
    return render(request, "console/judge.html", context, status=status)
