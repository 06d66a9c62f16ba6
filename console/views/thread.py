"""One conversation: its messages, their explanations, and the team's work on it."""

from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.db import transaction
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from chat.models import Explanation, HandOverRequest
from console import (
    audit,
    bot_data,
    decisions,
    explain,
    flags,
    flash,
    hits,
    limits,
    paging,
    session_search,
    tags,
    transcript,
)
from console import presence as presence_of
from console.access import requires_role
from console.cards import in_words
from console.computing.worker import NotComputed
from console.filters import filtered
from console.forms import NoteForm
from console.models import Decision, Flag, Note, Thread, Turn, Verdict
from console.privacy.masking import mask
from console.training.service import service_of
from console.training.stories import story_of
from console.views import inbox_page
from console.views.base import query_of, user_of
from shop import clock

FLAG_PEOPLE = ("user", "assigned_to", "settled_by")
FLAGS = Prefetch("flags", Flag.objects.select_related(*FLAG_PEOPLE))


@require_safe
@requires_role("read")
def thread(request: HttpRequest, pk: int) -> HttpResponse:
    """The page, with personal data masked."""
    one = _thread(pk)
    audit.record(request, "read", one)
    return _page(request, one, revealed=False)


@require_POST
@requires_role("manage")
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The same page with personal data unmasked, only in this response, which no cache stores."""
    one, reason = _thread(pk), request.POST.get("raison", "").strip()[: limits.REASON]
    if len(reason) < 5:
        return _page(request, one, revealed=False, problem="Donnez la raison en quelques mots.", status=400)
    audit.record(request, "revealed", one, reason=mask(reason))
    return _page(request, one, revealed=True)


@require_POST
@requires_role("review")
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Store the verdict and go to the next conversation of the filter."""
    one, verdict = _thread(pk), request.POST.get("verdict", "")
    if verdict not in Verdict.values:
        return HttpResponse("Ce verdict n’existe pas.", status=400, content_type="text/plain; charset=utf-8")
    before = one.verdict
    try:
        decision = _judge(one, verdict, user_of(request), decisions.seen_in(request))
    except decisions.Overtaken as fault:
        context = {"thread": one, "theirs": fault.latest, "mine": verdict, "query": query_of(request)}
        return render(request, "console/overtaken.html", context, status=409)
    audit.record(request, "reviewed", one, verdict=verdict)
    again = {"verdict": before, "vu": decision.pk, "rester": "oui"}
    action = f"{reverse('console:review', args=[one.pk])}?{query_of(request)}"
    text = f"Conversation {one.pk}\u00a0: «\u00a0{Verdict(verdict).label}\u00a0», c’est enregistré."
    flash.add(request, text, button="Annuler", action=action, fields=again)
    return _back(request, one) if not verdict or "rester" in request.POST else _redirect_next(request, one)


@transaction.atomic
def _judge(one: Thread, verdict: str, user: User, seen: int) -> Decision:
    """Raises decisions.Overtaken."""
    decision = decisions.decide(one, None, verdict, user, seen)
    one.verdict = verdict
    one.reviewed_by, one.reviewed_at = (user, decision.at) if verdict else (None, None)
    one.save(update_fields=["verdict", "reviewed_by", "reviewed_at"])
    return decision


@require_safe
@requires_role("read")
def following(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to the next conversation of the filter that no other user is viewing."""
    return _redirect_next(request, _thread(pk))


def _redirect_next(request: HttpRequest, one: Thread) -> HttpResponse:
    _, found = filtered(request)
    in_queue = request.GET.get("relecture") == "file"
    target = presence_of.claim(paging.following(found, one), user_of(request))
    if target is None and in_queue:  # newer conversations may have been added
        newest = found.exclude(pk=one.pk).order_by(*paging.NEWEST).values_list("pk", flat=True)
        target = presence_of.claim(newest, user_of(request))
    if target is not None:
        return redirect(f"{reverse('console:thread', args=[target])}?{query_of(request)}")
    if not in_queue:
        flash.add(request, "C’était la dernière conversation de cette liste qui soit libre.")
        return _back(request, one)
    rest = found.exclude(pk=one.pk).exists()
    flash.add(
        request, "Les conversations qui restent sont chez quelqu’un d’autre." if rest else "La file est terminée."
    )
    return redirect("console:queue")


@require_POST
@requires_role("review")
def add_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a note to the conversation."""
    one, form = _thread(pk), NoteForm(request.POST)
    if not form.is_valid():
        raise BadRequest("note")
    if form.cleaned_data["texte"]:
        note = Note.objects.create(thread=one, user=user_of(request), text=form.cleaned_data["texte"])
        audit.record(request, "noted", one)
        drop, again = reverse("console:drop_note", args=[note.pk]), {"suite": request.POST.get("suite", "")}
        flash.add(request, "La note est enregistrée.", button="Annuler", action=drop, fields=again)
    return _where_from(request, one)


@require_POST
@requires_role("review")
def drop_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete the user's own note."""
    note = get_object_or_404(Note.objects.select_related("thread"), pk=pk, user=user_of(request))
    note.delete()
    audit.record(request, "unnoted", note.thread)
    flash.add(request, "La note est retirée.")
    return _where_from(request, note.thread)


def _where_from(request: HttpRequest, one: Thread) -> HttpResponse:
    """Redirect to the page of the form: the conversation's page, or the inbox."""
    if _is_from_inbox(request):
        return redirect(f"{reverse('console:inbox')}?c={one.sender}")
    return _back(request, one)


def _is_from_inbox(request: HttpRequest) -> bool:
    return request.POST.get("suite") == "boite"


@require_POST
@requires_role("review")
def tag(request: HttpRequest, pk: int) -> HttpResponse:
    """Add or remove a tag."""
    one, removed = _thread(pk), request.POST.get("retirer", "")
    try:
        if removed:
            tags.remove(one, removed)
            text, again = f"L’étiquette «\u00a0{removed}\u00a0» est retirée.", {"etiquette": removed}
        else:
            added = tags.add(one, request.POST.get("etiquette", ""))
            text, again = f"L’étiquette «\u00a0{added}\u00a0» est ajoutée.", {"retirer": added}
    except tags.InvalidTag as fault:
        if _is_from_inbox(request):
            return inbox_page.page(request, one.chat, problem=str(fault), status=400)
        return _page(request, one, revealed=False, problem=str(fault), status=400)
    audit.record(request, "tagged", one)
    action = f"{reverse('console:tag', args=[one.pk])}?{query_of(request)}"
    again["suite"] = request.POST.get("suite", "")
    flash.add(request, text, button="Annuler", action=action, fields=again)
    return _where_from(request, one)


@require_safe
@requires_role("read")
def story(request: HttpRequest, pk: int) -> HttpResponse:
    """The conversation as a test story, to save under tests/stories/."""
    one = _thread(pk)
    audit.record(request, "exported", one, what="story")
    headers = {"Content-Disposition": f'attachment; filename="test_conversation_{one.pk}.yml"'}
    return HttpResponse(story_of(one), content_type="application/yaml; charset=utf-8", headers=headers)


@require_safe
@requires_role("read")
def why(request: HttpRequest, pk: int) -> HttpResponse:
    """The explanation of one turn, masked."""
    turn = get_object_or_404(Turn, pk=pk)
    names = explain.names_of([turn.thread_id])[turn.thread_id]
    found = explain.explain_turns([turn], False, names)[turn.pk]
    context = {"why": found, "turn": turn, "thread": turn.thread, "query": query_of(request)}
    return render(request, "console/_why.html", context)


@require_safe
@requires_role("read")
def nearest(request: HttpRequest, pk: int) -> HttpResponse:
    """The training lines most similar to the message; loaded separately, because computing them may take seconds."""
    turn = get_object_or_404(Turn, pk=pk, pressed=False)
    names = explain.names_of([turn.thread_id])[turn.thread_id]
    try:
        context: dict[str, Any] = {"nearest": explain.nearest(turn, names)}
    except NotComputed:
        context = {"late": True}
    return render(request, "console/_nearest.html", context)


@require_safe
@requires_role("read", background=True)
def presence(request: HttpRequest, pk: int) -> HttpResponse:
    """Register the user's presence, and list the other users who view the conversation."""
    one, user = _thread(pk), user_of(request)
    presence_of.register(one.pk, user)
    others = presence_of.others(user).filter(thread=one).select_related("user")
    return render(request, "console/_presence.html", {"others": [other.user.get_username() for other in others]})


def _thread(pk: int) -> Thread:
    return get_object_or_404(Thread.objects.select_related("chat", "reviewed_by"), pk=pk)


def _back(request: HttpRequest, one: Thread) -> HttpResponse:
    seq = _message_in(request)
    place = f"&message={seq}" if seq > 1 else ""
    return redirect(f"{reverse('console:thread', args=[one.pk])}?{query_of(request)}{place}")


def _message_in(request: HttpRequest) -> int:
    """The number of the message whose page is shown: that of the URL, or 1."""
    given = request.GET.get("message", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 1


def _page(request: HttpRequest, one: Thread, revealed: bool, problem: str = "", status: int = 200) -> HttpResponse:
    first, last = block = transcript.block(one.chat.last_seq, _message_in(request))
    shown = one.turns.filter(seq__range=block).select_related("asking")
    turns = list(shown.prefetch_related(FLAGS, "corrections"))
    messages = one.chat.messages.filter(seq__range=block).prefetch_related("buttons")
    names = explain.names_of([one.pk])[one.pk]
    _, found = filtered(request)
    before, after = paging.neighbours(found, one)
    explanations = explain.explain_turns(turns, revealed, names)
    suppressed = Explanation.objects.filter(
        message__conversation=one.chat_id, message__seq__range=block, suppressed=True
    )
    query, typed = query_of(request), session_search.full_query(request).get("q", "")
    context: dict[str, Any] = {
        "thread": one,
        "services": service_of([correction for turn in turns for correction in turn.corrections.all()]),
        "lines": _lines(transcript.entries(messages, turns), explanations, revealed, names, typed),
        "first": first,
        "last": last,
        "here": f"{query}&message={first}" if first > 1 else query,
        "notes": one.notes.select_related("user"),
        "flags": one.flags.filter(turn=None).select_related(*FLAG_PEOPLE),
        "colleagues": flags.colleagues(),
        "tags": tags.of(one),
        "known_tags": tags.known(),
        "suppressed": set(suppressed.values_list("message__seq", flat=True)),
        "can_reply": one.chat.erased_at is None and one.chat.expires_at > clock.now(),
        "requests": HandOverRequest.objects.filter(
            Q(conversation=one.sender) | Q(additions__conversation=one.sender)
        ).distinct(),
        "comment": explain.masked(one.comment, revealed, names),
        "revealed": revealed,
        "problem": problem,
        "decisions": one.decisions.select_related("user", "turn"),
        "seen": decisions.last_seen(one),
        "before": before,
        "after": after,
        "query": query,
        "risks": [bot_data.labels()["risks"].get(risk, risk) for risk in one.risks],
    }
    return render(request, "console/thread.html", context, status=status)


def _lines(
    entries: list[transcript.TranscriptEntry],
    explanations: dict[int, explain.TurnExplanation],
    revealed: bool,
    names: tuple[str, ...],
    typed: str,
) -> list[dict[str, Any]]:
    """The transcript's lines, with the words of the search marked."""
    return [
        {
            "said": entry,
            "text": hits.marked(explain.masked(entry.text, revealed, names), typed),
            "card": _card(entry.card, revealed, names),
            "turn": entry.turn,
            "why": explanations[entry.turn.pk] if entry.turn else None,
        }
        for entry in entries
    ]


def _card(card: dict[str, Any] | None, revealed: bool, names: tuple[str, ...]) -> dict[str, str]:
    """The order card in French."""
    return {label: explain.masked(value, revealed, names) for label, value in in_words(card).items()}
