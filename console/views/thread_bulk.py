"""Actions on the ticked conversations of the list, or on its whole result."""

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from console import audit, flash, thread_bulk
from console.access import requires_role
from console.filters import filtered
from console.forms import BulkForm
from console.models import BulkChange, Thread, Verdict
from console.tags import InvalidTag, tag_name
from console.views.base import numbers_in, query_of, user_of
from shop import formatting
from shop.unicode import NO_BREAK

# Action → the text of its flash message.
DONE = {
    "tag": "Étiquette ajoutée", "good": "Bien répondu", "bad": "Mal répondu", "none": "De nouveau à relire",
    "flag": "Signalé", "settle": "Réglé",
}  # fmt: skip
VERDICTS = {"good": Verdict.GOOD, "bad": Verdict.BAD, "none": Verdict.NONE}


@require_POST
@requires_role("review")
def apply(request: HttpRequest) -> HttpResponse:
    """Apply an action to the ticked conversations (`c`), or with `toutes` to all that match the filter."""
    back = f"{reverse('console:threads')}?{query_of(request)}"
    asked = BulkForm(request.POST)
    if not asked.is_valid():
        return _refused(request, back, str(next(iter(asked.errors.values()))[0]))
    action, user, found = asked.cleaned_data["faire"], user_of(request), _chosen(request)
    if not found.exists():
        flash.add(request, "Cochez d’abord des conversations.")
        return redirect(back)
    if action in VERDICTS and _asks_first(request, found, VERDICTS[action], user):
        return _ask_first(request, found, action, user)
    try:
        change = _apply(asked, found, user, request.POST.get("autres") == "remplacer")
    except InvalidTag as fault:
        return _refused(request, back, str(fault))
    audit.record(request, "bulk", what=action, count=len(change.changed))
    _add_flash(request, action, change)
    return redirect(back)


@require_POST
@requires_role("review")
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo the user's own bulk change, within a day."""
    own = thread_bulk.undoable(user_of(request), pk)
    if own is None:
        flash.add(request, "Cela ne peut plus être annulé.")
    else:
        count = len(own.changed)
        done = thread_bulk.undo(own)
        audit.record(request, "undone", count=done)
        rest = count - done
        several = "ont changé depuis, et restent" if rest > 1 else "a changé depuis, et reste"
        flash.add(request, f"C’est annulé{f'{NO_BREAK}; {formatting.number(rest)} {several} ainsi' if rest else ''}.")
    return redirect(f"{reverse('console:threads')}?{query_of(request)}")


def _chosen(request: HttpRequest) -> QuerySet[Thread]:
    """The chosen conversations; none if the filter is invalid, so that an error never selects all."""
    if request.POST.get("toutes"):
        return filtered(request)[1]
    return Thread.objects.filter(pk__in=numbers_in(request.POST.getlist("c")))


def _asks_first(request: HttpRequest, found: QuerySet[Thread], verdict: Verdict, user: User) -> bool:
    undecided = request.POST.get("autres", "") not in ("garder", "remplacer")
    return undecided and thread_bulk.judged_by_others(found, verdict, user).exists()


def _ask_first(request: HttpRequest, found: QuerySet[Thread], action: str, user: User) -> HttpResponse:
    verdict = VERDICTS[action]
    context = {
        "count": thread_bulk.judged_by_others(found, verdict, user).count(),
        "verdict": verdict,
        "action": action,
        "query": query_of(request),
        "ticked": request.POST.getlist("c"),
        "whole": request.POST.get("toutes", ""),
    }
    return render(request, "console/overtaken_all.html", context, status=409)


def _apply(asked: BulkForm, found: QuerySet[Thread], user: User, replace: bool) -> BulkChange:
    """Raises InvalidTag."""
    given = asked.cleaned_data
    match given["faire"]:
        case "tag":
            return thread_bulk.tag(found, tag_name(given["etiquette"]), user)
        case "flag":
            return thread_bulk.flag(found, given["texte"], user, given["a"])
        case "settle":
            return thread_bulk.settle(found, user)
        case action:
            return thread_bulk.judge(found, VERDICTS[action], user, replace=replace)


def _add_flash(request: HttpRequest, action: str, change: BulkChange) -> None:
    count = len(change.changed)
    if not count:
        flash.add(request, "Rien à changer\u00a0: c’était déjà ainsi.")
        return
    thing = "signalement" if action == "settle" else "conversation"
    text = f"{DONE[action]}\u00a0: {formatting.number(count)} {thing}{'s' if count > 1 else ''}."
    address = f"{reverse('console:undo_thread_bulk', args=[change.pk])}?{query_of(request)}"
    flash.add(request, text, button="Annuler", action=address)


def _refused(request: HttpRequest, back: str, why: str) -> HttpResponse:
    return render(request, "console/error.html", {"message": why, "back": back}, status=400)
