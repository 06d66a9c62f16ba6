"""Corrects how the bot classified a message: preview, propose, accept, withdraw, download."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console import audit, bot_data, decisions, explain, flash, returning
from console.access import requires_role
from console.computing.worker import NotComputed
from console.models import Correction, Decision, Turn
from console.privacy.masking import mask
from console.training import blast_radius, contexts, open_questions, training_changes
from console.training import corrections as keeping
from console.training.project_files import as_yaml
from console.training.service import Service, service_of
from console.views.base import user_of
from shop import clock

OFF_TOPIC = "out_of_scope"
# « Aucune ne convient », instead of a question.
NONE_FITS = "none_fits"
# Corrections that the project has, the latest first.
SHOWN_LEARNT = 100
NOT_COMPUTED = "L’effet n’a pas pu être calculé à temps. Réessayez, ou gardez la correction sans le voir."
# Argument → the form's field: the question or intent, the words, their meaning (« entity=value »).
_POSTED = {"chosen": "intention", "words": "mots", "value": "valeur"}


@require_safe
@requires_role("review")
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The correction form of a turn."""
    return render(request, "console/_correct.html", _form(_turn(pk)))


@require_POST
@requires_role("review")
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What the correction would change for other real messages; stores nothing."""
    turn = _turn(pk)
    chosen = {key: request.POST.get(name, "") for key, name in _POSTED.items()}
    try:
        context = (_preview_word if chosen["value"] else _preview_question)(turn, chosen)
    except keeping.Refused as fault:
        context = {"problem": str(fault)}
    context |= {"seen": decisions.seen_in(request)}
    return render(request, "console/_correct.html", _form(turn) | chosen | context)


def _preview_question(turn: Turn, chosen: dict[str, str]) -> dict[str, object]:
    """Raises Refused."""
    intent, after = chosen["chosen"], contexts.context_of(turn)
    line = keeping.checked_line(turn.text, intent, _names(turn), after)
    question = bot_data.question_of(intent)
    context = {"ready": True, "line": line, "title": bot_data.intent_title(question), "after": contexts.title(after)}
    try:
        return context | shown(blast_radius.of_question([(line, after)], question, [turn]))
    except NotComputed:
        return context | {"not_computed": NOT_COMPUTED}


def _preview_word(turn: Turn, chosen: dict[str, str]) -> dict[str, object]:
    """Raises Refused."""
    entity, _, value = chosen["value"].partition("=")
    phrase = keeping.checked_word(turn, entity, chosen["words"], value, _names(turn))
    found = shown(blast_radius.of_word(phrase, entity, value, turn))
    return {"ready": True, "line": phrase, "title": bot_data.value_title(entity, value), "is_word": True} | found


def shown(found: blast_radius.BlastRadius) -> dict[str, object]:
    """The blast radius for a template, with masked texts."""
    names = explain.names_of(change.turn.thread_id for change in found.shown)
    rows = [(change, mask(change.turn.text, names[change.turn.thread_id])) for change in found.shown]
    return {"radius": found, "changes": rows}


@require_POST
@requires_role("review")
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Store the correction."""
    turn = _turn(pk)
    try:
        kept = _correct(turn, request)
    except keeping.Refused as fault:
        return render(request, "console/_correct.html", _form(turn) | {"problem": str(fault)})
    except decisions.Overtaken as fault:
        context = _form(turn) | {"theirs": fault.latest, "seen": fault.latest.pk, "posted": request.POST}
        return render(request, "console/_correct.html", context, status=409)
    if kept:
        audit.record(request, "corrected", turn.thread, intent=kept.intent, after=kept.after)
    else:
        audit.record(request, "collected_question", turn.thread)
    return render(request, "console/_corrected.html", {"turn": _turn(pk)})


@transaction.atomic
def _correct(turn: Turn, request: HttpRequest) -> Correction | None:
    """Store the correction. None if no question of the bot fits: then the message is added to an open question.

    Raises Refused or Overtaken; then nothing is stored.
    """
    user, seen, names = user_of(request), decisions.seen_in(request), _names(turn)
    chosen, intent = request.POST.get("valeur", ""), request.POST.get("intention", "")
    decisions.decide(turn.thread, turn, (chosen or intent)[:130], user, seen)
    entity, _, value = chosen.partition("=")
    if intent == NONE_FITS:
        open_questions.collect([turn], user, open_questions.open_one(request.POST.get("sans_reponse", "")))
        return None
    if entity:
        return keeping.correct_entity(turn, entity, request.POST.get("mots", ""), value, user, names)
    return keeping.correct(turn, intent, user, names)


@require_safe
@requires_role("read")
def corrections(request: HttpRequest) -> HttpResponse:
    """Proposed corrections, accepted ones that the project does not have yet, and those that it has."""
    found = Correction.objects.select_related("turn__thread", "user", "accepted_by")
    mine = request.GET.get("de") == "moi"
    rows = list(found.filter(user=user_of(request)) if mine else found)
    services = service_of(rows)
    proposed = [one for one in rows if not one.accepted_at]
    learnt = [one for one in rows if one.accepted_at and training_changes.is_in_project(one)]
    accepted = [one for one in rows if one.accepted_at and one not in learnt]
    context = {
        "mine": mine,
        "proposed": [_row(one, services) for one in proposed],
        "accepted": [_row(one, services) for one in accepted],
        "learnt": [_row(one, services) for one in learnt[:SHOWN_LEARNT]],
        "yaml": as_yaml([line for one in accepted for line in training_changes.lines_of(one)]) if accepted else "",
    }
    return render(request, "console/corrections.html", context)


@require_POST
@requires_role("manage")
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept a proposed correction: the next version learns it."""
    correction = get_object_or_404(Correction, pk=pk)
    keeping.accept(correction, user_of(request))
    audit.record(request, "accepted_correction", correction.turn.thread, intent=correction.intent)
    undo = reverse("console:unaccept_correction", args=[pk])
    flash.add(request, "La correction est acceptée.", button="Annuler", action=undo)
    return redirect(returning.page_of(request))


@require_POST
@requires_role("manage")
def unaccept(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo the acceptance: the correction is proposed again."""
    correction = get_object_or_404(Correction, pk=pk)
    if correction.accepted_at:
        keeping.unaccept(correction)
        audit.record(request, "unaccepted_correction", correction.turn.thread, intent=correction.intent)
    flash.add(request, "C’est annulé\u00a0: la correction est de nouveau proposée.")
    return redirect(returning.page_of(request))


@require_safe
@requires_role("read")
def download(request: HttpRequest) -> HttpResponse:
    """The accepted corrections, for `manage.py pull_corrections --from` in a checkout."""
    found = training_changes.accepted()
    audit.record(request, "exported", what="corrections", count=len(found.lines))
    name = f"corrections-{clock.now():%Y-%m-%d}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return JsonResponse(found.as_json(), json_dumps_params={"ensure_ascii": False, "indent": 1}, headers=headers)


@require_POST
@requires_role("review")
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo « Aucune ne convient »: remove the message from its open question."""
    turn = _turn(pk)
    with transaction.atomic():
        Decision.objects.create(thread=turn.thread, turn=turn, value="", user=user_of(request))
        open_questions.leave(turn)
    audit.record(request, "uncorrected", turn.thread)
    flash.add(request, "Le message n’est plus rangé.")
    return redirect(returning.page_of(request))


@require_POST
@requires_role("review")
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a correction; if the project has its line, the next pull removes it."""
    correction = get_object_or_404(Correction, pk=pk)
    try:
        keeping.check_may_withdraw(correction, user_of(request))
    except keeping.Refused as fault:
        context = {"message": str(fault), "back": returning.page_of(request)}
        return render(request, "console/error.html", context, status=403)
    audit.record(request, "uncorrected", correction.turn.thread)
    turn = correction.turn
    with transaction.atomic():
        Decision.objects.create(thread=turn.thread, turn=turn, value="", user=user_of(request))
        seal = keeping.sealed(correction)
        training_changes.withdraw([correction])
    undo = reverse("console:restore_correction")
    flash.add(request, "La correction est retirée.", button="Annuler", action=undo, fields={"correction": seal})
    return redirect(returning.page_of(request))


@require_POST
@requires_role("review")
def restore(request: HttpRequest) -> HttpResponse:
    """Undo the withdrawal: recreate the correction with its author."""
    user = user_of(request)
    try:
        with transaction.atomic():
            correction = keeping.restored(request.POST.get("correction", ""), user)
            turn, value = correction.turn, correction.entity_value or correction.intent
            value = f"{correction.entity}={value}" if correction.entity else value
            Decision.objects.create(thread=turn.thread, turn=turn, value=value, user=user)
    except keeping.Refused as fault:
        if str(fault) != keeping.TOO_LATE:
            context = {"message": str(fault), "back": returning.page_of(request)}
            return render(request, "console/error.html", context, status=403)
        flash.add(request, str(fault))
        return redirect(returning.page_of(request))
    audit.record(request, "restored_correction", turn.thread, intent=correction.intent)
    flash.add(request, "C’est annulé\u00a0: la correction est de nouveau là.")
    return redirect(returning.page_of(request))


def _turn(pk: int) -> Turn:
    """The turn. Raises Http404 for an input to a form's field, which has no question to correct."""
    return get_object_or_404(Turn.objects.select_related("thread").filter(form_input=False), pk=pk)


def _names(turn: Turn) -> tuple[str, ...]:
    return explain.names_of([turn.thread_id])[turn.thread_id]


def _form(turn: Turn) -> dict[str, object]:
    titles = choices()
    # The likeliest choices first: the runners-up, and « hors sujet ».
    likely = dict.fromkeys(bot_data.question_of(name) for name in [*(r["name"] for r in turn.ranking[:2]), OFF_TOPIC])
    quick = [(question, titles[question]) for question in likely if question in titles and question != turn.question]
    return {
        "turn": turn,
        "choices": titles,
        "quick": quick,
        "none_fits": NONE_FITS,
        "open_questions": open_questions.open_titles(),
        "values": _values(),
        "seen": decisions.last_seen(turn.thread, turn),
    }


def choices() -> dict[str, str]:
    """{question: its title}, by title."""
    return dict(sorted(bot_data.choices().items(), key=lambda one: one[1].casefold()))


def _values() -> list[tuple[str, str]]:
    """[(« entity=value », its title)], each title once: « ecran casse » and « écran cassé » are one choice."""
    titles = {
        bot_data.value_title(entity, value): f"{entity}={value}"
        for entity, values in bot_data.word_lists().items()
        for value in values
    }
    return sorted((value, title) for title, value in titles.items())


def _row(correction: Correction, services: dict[int, Service]) -> dict[str, object]:
    row: dict[str, object] = {"correction": correction, "service": services.get(correction.pk)}
    if correction.entity:
        after = bot_data.value_title(correction.entity, correction.entity_value)
        return row | {"before": "", "after": after, "context": ""}
    return row | {
        "before": bot_data.intent_title(correction.intent_before),
        "after": bot_data.intent_title(correction.intent),
        "context": contexts.title(correction.after),
    }
