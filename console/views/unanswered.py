"""« Incompris »: groups of unanswered messages, and the actions on them."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html_join
from django.views.decorators.http import require_POST, require_safe

from console import audit, bot_data, decisions, explain, flash, returning
from console.access import requires_role
from console.computing.worker import NotComputed
from console.forms import SortedForm
from console.models import OpenQuestion, Turn
from console.privacy.masking import mask
from console.training import blast_radius, contexts, open_questions
from console.training import corrections as keeping
from console.training.unanswered import DAYS, MAX_MESSAGES, Wording, same_words, unanswered, unhandled
from console.views import corrections
from console.views.base import numbers_in, user_of

# How many messages of a group are shown at first, and how many characters of each.
EXAMPLES, LONGEST = 5, 160
# Maximum number of phrases to learn at once, because the effect of each is computed.
MAX_LEARNT = 50
NOTHING = "Cochez au moins un message. Ceux qu’un collègue a rangés entre-temps ne sont plus là."
NO_QUESTION = "Choisissez la question que ces messages posent."
TOO_MANY = f"Cochez au plus {MAX_LEARNT} messages à la fois\u00a0: l’effet de chacun est calculé."


@require_safe
@requires_role("read")
def page(request: HttpRequest) -> HttpResponse:
    """The groups of the last days."""
    days = next((one for one in DAYS if str(one) == request.GET.get("jours")), 30)
    try:
        found = unanswered(days)
    except NotComputed:
        message = "Cette page n’a pas pu être calculée à temps. Réessayez dans un instant."
        return render(request, "console/error.html", {"message": message, "back": request.path}, status=503)
    wordings = [*found.alone, *(one for group in found.groups for one in group)]
    names = explain.names_of(one.turn.thread_id for one in wordings)
    context = {
        "groups": [_group(group, names) for group in found.groups],
        "alone": _shown(found.alone, names),
        "total": sum(one.count for one in wordings),
        "days": days,
        "all_days": DAYS,
        "open_count": open_questions.open_ones().count(),
        # Rendered once for all groups, because there are hundreds of options.
        "options": format_html_join("", '<option value="{}">{}</option>', corrections.choices().items()),
    }
    return render(request, "console/unanswered.html", context)


@require_POST
@requires_role("review")
def sort(request: HttpRequest) -> HttpResponse:
    """Apply an action to the ticked messages: learn them for a question (after a preview), collect or dismiss."""
    action, turns = request.POST.get("action", ""), _ticked(request)
    if not turns:
        return _refused(request, NOTHING)
    if action in ("reunir", "ecarter"):
        return _collect(request, turns, action)
    question = corrections.OFF_TOPIC if action == "hors_sujet" else request.POST.get("intention", "")
    question = bot_data.question_of(question)
    if question not in corrections.choices():
        return _refused(request, NO_QUESTION)
    if len(turns) > MAX_LEARNT:
        return _refused(request, TOO_MANY)
    return _learn(request, turns, question) if "garder" in request.POST else _preview(request, turns, question)


def _ticked(request: HttpRequest) -> list[Turn]:
    return unhandled(numbers_in(request.POST.getlist("message"))[:MAX_MESSAGES])


def _collect(request: HttpRequest, turns: list[Turn], action: str) -> HttpResponse:
    is_dismissed = action == "ecarter"
    state = OpenQuestion.State.DISMISSED if is_dismissed else OpenQuestion.State.OPEN
    try:
        question = open_questions.collect(same_words(turns), user_of(request), state=state)
    except keeping.Refused as fault:
        return _refused(request, str(fault))
    audit.record(request, "dismissed_question" if is_dismissed else "collected_question", number=question.pk)
    text = "C’est écarté." if is_dismissed else "C’est réuni en une question sans réponse."
    last = question.askings.order_by("pk").values_list("pk", flat=True).last()
    undo_it = reverse("console:undo_sorting", args=[question.pk])
    flash.add(request, text, button="Annuler", action=undo_it, fields={"dernier": last})
    return redirect(returning.page_of(request) if is_dismissed else "console:open_questions")


@require_POST
@requires_role("review")
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Move the messages of a sorting back to « Incompris »; messages that were added later stay in the question."""
    form = SortedForm(request.POST)
    if form.is_valid() and open_questions.undo_collecting(pk, form.cleaned_data["dernier"] or 0):
        audit.record(request, "undone_sorting")
        flash.add(request, "C’est annulé.")
    else:
        flash.add(request, "Cela ne peut plus être annulé.")
    return redirect("console:unanswered")


def _preview(request: HttpRequest, turns: list[Turn], question: str) -> HttpResponse:
    """A preview, which stores nothing: the messages to learn, the refused ones, and the effect on others."""
    names = explain.names_of(turn.thread_id for turn in turns)
    learnt, refused = [], []
    for turn in turns:
        after = contexts.context_of(turn)
        try:
            line = keeping.checked_line(turn.text, question, names[turn.thread_id], after)
            learnt.append((turn, line, after))
        except keeping.Refused as fault:
            refused.append((mask(turn.text, names[turn.thread_id]), str(fault)))
    context: dict[str, object] = {
        "title": bot_data.intent_title(question),
        "question": question,
        "learnt": [(turn, line, contexts.title(after)) for turn, line, after in learnt],
        "refused": refused,
        "back": returning.page_of(request),
    }
    try:
        found = blast_radius.of_question([(line, after) for _, line, after in learnt], question, turns)
        context |= corrections.shown(found)
    except NotComputed:
        context["not_computed"] = corrections.NOT_COMPUTED
    return render(request, "console/teach.html", context)


def _learn(request: HttpRequest, turns: list[Turn], question: str) -> HttpResponse:
    """Store one correction per message. Messages that are refused, or were corrected meanwhile, are left unchanged."""
    user, names = user_of(request), explain.names_of(turn.thread_id for turn in turns)
    kept = 0
    for turn in turns:
        try:
            with transaction.atomic():
                decisions.decide(turn.thread, turn, question, user, decisions.seen_in(request))
                keeping.correct(turn, question, user, names[turn.thread_id])
        except (keeping.Refused, decisions.Overtaken):
            continue
        audit.record(request, "corrected", turn.thread, intent=question)
        kept += 1
    count = f"{kept} phrase{'s' if kept > 1 else ''} sur {len(turns)}"
    flash.add(request, f"{count}\u00a0: voir «\u00a0Corrections\u00a0».")
    return redirect("console:unanswered")


def _group(group: list[Wording], names: explain.Names) -> dict[str, object]:
    shown = _shown(group, names)
    return {
        "name": open_questions.name_of([str(one["text"]) for one in shown]),
        "count": sum(one.count for one in group),
        "examples": shown[:EXAMPLES],
        "others": shown[EXAMPLES:],
    }


def _shown(wordings: list[Wording], names: explain.Names) -> list[dict[str, object]]:
    """The rows for the template, prepared here because there are up to MAX_MESSAGES: masked texts, and URLs."""
    threads = {one.turn.thread_id: reverse("console:thread", args=[one.turn.thread_id]) for one in wordings}
    return [
        {
            "pk": str(one.turn.pk),
            "text": _shortened(mask(one.turn.text, names[one.turn.thread_id])),
            "count": one.count,
            "address": f"{threads[one.turn.thread_id]}?message={one.turn.seq}#tour-{one.turn.pk}",
        }
        for one in wordings
    ]


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _refused(request: HttpRequest, message: str) -> HttpResponse:
    context = {"message": message, "back": returning.page_of(request)}
    return render(request, "console/error.html", context, status=400)
