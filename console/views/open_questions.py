"""« Questions sans réponse »: collected in « Incompris », or message by message with « Aucune ne convient »."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console import audit, explain, flash
from console.access import requires_role
from console.models import OpenQuestion
from console.privacy.masking import mask
from console.training import added, open_questions
from console.training.open_questions import OpenQuestionSummary
from console.views.unanswered import EXAMPLES

State = OpenQuestion.State


@require_safe
@requires_role("read")
def page(request: HttpRequest) -> HttpResponse:
    """The questions, those with the highest volume first; or the dismissed ones."""
    state = State.DISMISSED if "ecartees" in request.GET else State.OPEN
    found = open_questions.summaries(state)
    names = explain.names_of(turn.thread_id for one in found for turn in one.turns)
    context = {
        "questions": [_shown(one, names) for one in found],
        "is_dismissed": state == State.DISMISSED,
        "added": added.listed(),
    }
    return render(request, "console/open_questions.html", context)


@require_POST
@requires_role("review")
def set_state(request: HttpRequest, pk: int, state: str) -> HttpResponse:
    """Dismiss the question, or open it again."""
    question = get_object_or_404(OpenQuestion, pk=pk)
    question.state = State(state)
    question.save(update_fields=["state"])
    is_open = question.state == State.OPEN
    audit.record(request, "collected_question" if is_open else "dismissed_question", number=question.pk)
    text = "La question est de nouveau ouverte." if is_open else "La question est écartée."
    undo = reverse("console:dismiss" if is_open else "console:reopen_question", args=[pk])
    flash.add(request, text, button="Annuler", action=undo)
    return redirect("console:open_questions")


def _shown(one: OpenQuestionSummary, names: explain.Names) -> dict[str, object]:
    """The template's row of a question, with masked texts."""
    texts = [(turn, mask(turn.text, names[turn.thread_id])) for turn in one.turns]
    answers = [(turn, message, mask(message.text, names[turn.thread_id])) for turn, message in one.answers]
    return {
        "question": one.question,
        "name": open_questions.name_of([text for _, text in texts]),
        "volume": one.volume,
        "examples": texts[:EXAMPLES],
        "others": texts[EXAMPLES:],
        "answers": answers,
    }
