"""Correcting the classification of a message: preview, store, export into data/nlu/."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from console import audit, bot_data, decisions, explain, notices, returning
from console.access import requires_role
from console.computing.worker import NotComputed
from console.models import Correction, Decision, Turn
from console.privacy.masking import mask
from console.training import corrections as keeping
from console.training import export
from console.training.radius import blast_radius
from console.views.base import user_of
from shop import clock

OFF_TOPIC = "out_of_scope"
NOT_COMPUTED = "L’aperçu n’a pas pu être calculé à temps. Réessayez dans un instant."


@require_safe
@requires_role("review")
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The correction form of a turn."""
    return render(request, "console/_correct.html", _form(_turn(pk)))


@require_POST
@requires_role("review")
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What the correction would change for other real messages; stores nothing."""
    turn, intent = _turn(pk), request.POST.get("intention", "")
    context = _form(turn) | {
        "chosen": intent,
        "words": request.POST.get("mots", ""),
        "value": request.POST.get("valeur", ""),
        "seen": decisions.seen_in(request),
    }
    if request.POST.get("valeur"):
        return render(request, "console/_correct.html", context | {"entity_ready": True})
    try:
        line = keeping.checked_line(turn.text, intent, _names(turn))
    except keeping.Refused as fault:
        return render(request, "console/_correct.html", context | {"problem": str(fault)})
    question = bot_data.question_of(intent)
    try:
        changes = blast_radius(turn.text, question, turn.pk)
    except NotComputed:
        return render(request, "console/_correct.html", context | {"problem": NOT_COMPUTED})
    names = explain.names_of(change.turn.thread_id for change in changes)
    radius = [
        (change, mask(change.turn.text, names[change.turn.thread_id]), bot_data.intent_title(change.before))
        for change in changes
    ]
    context |= {"line": line, "title": bot_data.intent_title(question), "radius": radius, "ready": True}
    context["counts"] = {
        effect: sum(c.effect == effect for c, _, _ in radius) for effect in ("better", "worse", "unsure")
    }
    return render(request, "console/_correct.html", context)


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
    audit.record(request, "corrected", turn.thread, intent=kept.intent)
    return render(request, "console/_corrected.html", {"turn": _turn(pk)})


@transaction.atomic
def _correct(turn: Turn, request: HttpRequest) -> Correction:
    """Raises Refused or Overtaken; then nothing is stored."""
    user, seen, names = user_of(request), decisions.seen_in(request), _names(turn)
    chosen, intent = request.POST.get("valeur", ""), request.POST.get("intention", "")
    decisions.decide(turn.thread, turn, (chosen or intent)[:130], user, seen)
    entity, _, value = chosen.partition("=")
    if entity:
        return keeping.correct_entity(turn, entity, request.POST.get("mots", ""), value, user, names)
    return keeping.correct(turn, intent, user, names)


@require_safe
@requires_role("read")
def corrections(request: HttpRequest) -> HttpResponse:
    """All corrections: the pending and the exported ones."""
    rows = Correction.objects.select_related("turn__thread", "user")
    waiting = list(rows.filter(exported_at=None))
    context = {
        "waiting": [_row(correction) for correction in waiting],
        "done": [_row(correction) for correction in rows.exclude(exported_at=None)[:100]],
        "yaml": export.preview(waiting) if waiting else "",
        "added": request.GET.get("ajoutees", ""),
    }
    return render(request, "console/corrections.html", context)


@require_POST
@requires_role("manage")
def export_all(request: HttpRequest) -> HttpResponse:
    """Write the pending corrections into the files of data/nlu/."""
    waiting = list(Correction.objects.filter(exported_at=None))
    try:
        added = export.export(waiting)
    except OSError as fault:
        message = f"Les fichiers de data/nlu/ ne peuvent pas être écrits ici ({type(fault).__name__})."
        context = {"message": f"{message} Téléchargez le fichier YAML.", "back": "."}
        return render(request, "console/error.html", context, status=503)
    audit.record(request, "trained", count=len(waiting), files=added)
    return redirect(f"{request.path.removesuffix('exporter')}?ajoutees={sum(added.values())}")


@require_safe
@requires_role("read")
def download(request: HttpRequest) -> HttpResponse:
    """The pending corrections as one Rasa training file."""
    waiting = list(Correction.objects.filter(exported_at=None))
    audit.record(request, "exported", what="corrections", count=len(waiting))
    name = f"corrections-{clock.now():%Y-%m-%d}.yml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(export.preview(waiting), content_type="application/yaml; charset=utf-8", headers=headers)


@require_POST
@requires_role("review")
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a correction; if it was exported, remove its line from the training file."""
    correction = get_object_or_404(Correction, pk=pk)
    if correction.exported_at:
        export.remove_lines([correction])
    audit.record(request, "uncorrected", correction.turn.thread)
    turn = correction.turn
    Decision.objects.create(thread=turn.thread, turn=turn, value="", user=user_of(request))
    correction.delete()
    notices.add(request, "La correction est retirée.")
    return redirect(returning.page_of(request))


def _turn(pk: int) -> Turn:
    """What was typed into a form's field asks nothing, so there is nothing to correct."""
    return get_object_or_404(Turn.objects.select_related("thread").filter(form_input=False), pk=pk)


def _names(turn: Turn) -> tuple[str, ...]:
    return explain.names_of([turn.thread_id])[turn.thread_id]


def _form(turn: Turn) -> dict[str, object]:
    titles = {question: bot_data.intent_title(question) for question in bot_data.trained_questions()}
    choices = sorted(titles.items(), key=lambda one: one[1].casefold())
    entities = bot_data.labels()["entities"]
    values = [
        (f"{entity}={value}", f"{entities.get(entity, entity)}\u00a0: {value}")
        for entity, values in bot_data.word_lists().items()
        for value in values
    ]
    # The likeliest choices first: the runners-up, and « hors sujet ».
    likely = dict.fromkeys(bot_data.question_of(name) for name in [*(r["name"] for r in turn.ranking[:2]), OFF_TOPIC])
    quick = [(question, titles[question]) for question in likely if question in titles and question != turn.question]
    return {
        "turn": turn,
        "choices": choices,
        "quick": quick,
        "values": values,
        "seen": decisions.last_seen(turn.thread, turn),
    }


def _row(correction: Correction) -> dict[str, object]:
    before, after = bot_data.intent_title(correction.intent_before), bot_data.intent_title(correction.intent)
    return {"correction": correction, "before": before, "after": after}
