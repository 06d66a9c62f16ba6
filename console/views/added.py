"""A question that the team adds, with its answer: written from an open question, checked, changed, withdrawn."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from bot.typography import typeset
from console import audit, bot_data, decisions, explain, flash, limits, reply_checks
from console.access import requires_role
from console.computing.worker import NotComputed
from console.models import AddedQuestion, OpenQuestion, Turn
from console.privacy.masking import mask
from console.training import added, blast_radius, contexts, open_questions, training_changes
from console.training.corrections import Refused
from console.views import corrections
from console.views.base import user_of
from console.views.unanswered import MAX_LEARNT

# The choice « no fact answers it »: then the answer states that, and contains no figure.
NO_FACT = "aucune"
MAX_LINES = 200
OVERTAKEN = "Un collègue vient de corriger un de ces messages autrement\u00a0: rouvrez la question."
IN_PROJECT = "Cette réponse est dans le projet\u00a0: un développeur la change dans data/responses/."


def _facts() -> list[tuple[str, str]]:
    """[(fact, what it says in short)], « no fact » first."""
    pieces = {fact: next(iter(replies.values())) for fact, replies in reply_checks.facts().items()}
    told = [(fact, typeset(f"{fact} : {', '.join(said)}")) for fact, said in pieces.items()]
    return [(NO_FACT, "Aucune règle n’y répond\u00a0: la réponse le dit"), *told]


class AnswerForm(forms.Form):
    """The question and its answer. `turns`: the messages that ask it, which are not a field of the form."""

    sujet = forms.ChoiceField(label="Sujet", choices=lambda: sorted(bot_data.topics().items(), key=lambda one: one[1]))
    titre = forms.CharField(
        label="Titre, qui est aussi le texte du bouton", max_length=reply_checks.MAX_BUTTON_LENGTH, strip=True
    )
    reponse = forms.CharField(label="Réponse", max_length=limits.ANSWER, widget=forms.Textarea({"rows": 4}))
    autrement = forms.CharField(
        label="La même en d’autres mots, si le client redemande",
        max_length=limits.ANSWER,
        widget=forms.Textarea({"rows": 3}),
    )
    regles = forms.MultipleChoiceField(
        label="Règles de la boutique qu’elle dit", choices=_facts, widget=forms.CheckboxSelectMultiple
    )
    phrases = forms.CharField(
        label="Autres façons de le demander, une par ligne",
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"rows": 8}),
    )

    def __init__(self, *given: Any, question: AddedQuestion | None, turns: Sequence[Turn], **options: Any) -> None:
        super().__init__(*given, **options)
        self.question = question
        self.learnt, self.refused = added.learnable(turns)
        if question:
            # The topic is part of the question's name, to which stored lines and messages refer.
            self.fields["sujet"].disabled = True

    def clean_reponse(self) -> str:
        return _answer(self.cleaned_data["reponse"])

    def clean_autrement(self) -> str:
        text = _answer(self.cleaned_data["autrement"])
        if text == self.cleaned_data.get("reponse"):
            raise forms.ValidationError("Dites-le en d’autres mots.")
        return text

    def clean_regles(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["regles"]
        if NO_FACT in chosen and len(chosen) > 1:
            raise forms.ValidationError("Ou des règles, ou aucune.")
        return [fact for fact in chosen if fact != NO_FACT]

    def clean_phrases(self) -> list[str]:
        given = [line for line in self.cleaned_data["phrases"].splitlines() if line.strip()]
        if len(given) > MAX_LINES:
            raise forms.ValidationError(f"{MAX_LINES} phrases au plus\u00a0: il y en a {len(given)}.")
        lines, faults = added.checked_lines(given, self.question.name if self.question else "")
        asked = {bot_data.normalised(line) for _, line, after in self.learnt if not after}
        lines = [line for line in lines if bot_data.normalised(line) not in asked]
        kept = added.taught_by_customers(self.question) if self.question else 0
        if more := reply_checks.lacking_lines(len(lines) + len(self.learnt) + kept):
            faults.append(
                f"Encore {more} phrase{'s' if more > 1 else ''}\u00a0: "
                f"une question s’apprend à partir de {reply_checks.MIN_LINES_PER_QUESTION}, messages cochés compris."
            )
        if faults:
            raise forms.ValidationError(faults)
        return lines

    def clean(self) -> None:
        given = self.cleaned_data
        if "sujet" in given and "titre" in given:
            name = self.question.name if self.question else added.name_of(given["sujet"], given["titre"])
            for fault in reply_checks.question_faults(name, given["titre"], added.other_titles(self.question)):
                self.add_error("titre", fault)
            given["name"] = name
        for field in ("reponse", "autrement"):
            if field in given and "regles" in given:
                for figure in sorted(reply_checks.strange_figures(given[field], given["regles"])):
                    self.add_error(field, f"Aucune règle cochée ne donne «\u00a0{figure}\u00a0».")

    def draft(self) -> added.Draft:
        """The draft of a valid form."""
        given = self.cleaned_data
        wordings = [given["reponse"], given["autrement"]]
        return added.Draft(given["name"], given["titre"], wordings, given["regles"], given["phrases"])


def _answer(text: str) -> str:
    """The text with ordinary blanks. Raises ValidationError."""
    plain = " ".join(text.split())
    if found := list(reply_checks.answer_faults(plain)):
        raise forms.ValidationError(found)
    return plain


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role("manage")
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Turn an open question into one that the bot answers."""
    asked = get_object_or_404(open_questions.open_ones(), pk=pk)
    turns = [one.turn for one in asked.askings.select_related("turn__thread")]
    return _page(request, None, turns, asked)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role("manage")
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the question and its answer, until the project has them; the next version is trained on them."""
    question = get_object_or_404(AddedQuestion, pk=pk)
    if training_changes.has_answer(question):
        return _in_project(request)
    return _page(request, question, [], None)


@require_POST
@requires_role("manage")
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw the question. The live version continues to answer it until another version is live."""
    question = get_object_or_404(AddedQuestion, pk=pk)
    if training_changes.has_answer(question):
        return _in_project(request)
    audit.record(request, "dropped_question", name=question.title)
    added.withdraw(question, user_of(request))
    flash.add(request, "La question est retirée\u00a0: la prochaine version ne l’apprend plus.")
    return redirect("console:open_questions")


def _page(
    request: HttpRequest, question: AddedQuestion | None, turns: list[Turn], asked: OpenQuestion | None
) -> HttpResponse:
    if request.method != "POST":
        form = AnswerForm(initial=_initial(question), question=question, turns=turns)
        return _form(request, form, turns, turns, asked)
    ticked = [turn for turn in turns if str(turn.pk) in request.POST.getlist("message")]
    form = AnswerForm(request.POST, initial=_initial(question), question=question, turns=ticked)
    if not form.is_valid():
        # The page's script shows the whole page of a 409, but only the first fault of other errors.
        return _form(request, form, turns, ticked, asked, status=409)
    if "garder" not in request.POST:
        return _form(request, form, turns, ticked, asked, _effect(form, ticked))
    try:
        stored = added.store(form.draft(), ticked, user_of(request))
    except (decisions.Overtaken, Refused):
        form.add_error(None, OVERTAKEN)
        return _form(request, form, turns, ticked, asked, status=409)
    audit.record(request, "added_question", intent=stored.name)
    flash.add(request, "La question et sa réponse sont gardées\u00a0: la prochaine version les apprend.")
    return redirect("console:open_questions")


def _initial(question: AddedQuestion | None) -> dict[str, Any]:
    if question is None:
        return {}
    first, second = question.wordings
    return {
        "sujet": bot_data.topic_of(question.name),
        "titre": question.title,
        "reponse": first,
        "autrement": second,
        "regles": question.facts or [NO_FACT],
        "phrases": "\n".join(question.lines),
    }


def _effect(form: AnswerForm, turns: list[Turn]) -> dict[str, object]:
    """The effect of the first lines on other messages; only the first, because each line costs a computation."""
    draft = form.draft()
    lines = [*((line, after) for _, line, after in form.learnt), *((line, "") for line in draft.lines)]
    try:
        found = corrections.shown(blast_radius.of_question(lines[:MAX_LEARNT], draft.name, turns))
    except NotComputed:
        found = {"not_computed": corrections.NOT_COMPUTED}
    return found | {"ready": True, "texts": [typeset(text) for text in draft.wordings]}


def _in_project(request: HttpRequest) -> HttpResponse:
    context = {"message": IN_PROJECT, "back": reverse("console:open_questions")}
    return render(request, "console/error.html", context, status=409)


def _form(
    request: HttpRequest,
    form: AnswerForm,
    turns: list[Turn],
    ticked: list[Turn],
    asked: OpenQuestion | None,
    effect: dict[str, object] | None = None,
    status: int = 200,
) -> HttpResponse:
    names = explain.names_of(turn.thread_id for turn in turns)
    refused = dict(form.refused + added.learnable(turn for turn in turns if turn not in ticked)[1])
    messages: list[dict[str, Any]] = [
        {
            "turn": turn,
            "text": mask(turn.text, names[turn.thread_id]),
            "after": contexts.title(contexts.context_of(turn)),
            "ticked": turn in ticked and turn not in refused,
            "refused": refused.get(turn, ""),
        }
        for turn in turns
    ]
    drafts = open_questions.drafts(turns)
    context = {
        "form": form,
        "messages": messages,
        "asked": asked,
        "name": open_questions.name_of([one["text"] for one in messages]) if turns else "",
        "drafts": [mask(message.text, names[turn.thread_id]) for turn, message in drafts],
        "most": MAX_LEARNT,
    }
    return render(request, "console/answer.html", context | (effect or {}), status=status)
