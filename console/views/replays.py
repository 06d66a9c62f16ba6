"""« Rejeu », « Essai silencieux »: the answers that a version changes, and a lead's judgements of them."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console import audit, flash
from console.access import requires_role
from console.forms import ChangeForm, JudgementForm
from console.models import Difference, Replay, Version
from console.versions import replays
from console.views.base import user_of

KEPT, SHADOW = Replay.Kind.KEPT.value, Replay.Kind.SHADOW.value
_PAGES = {KEPT: "console:replay", SHADOW: "console:shadow"}
_JUDGES = {KEPT: "console:judge_change", SHADOW: "console:judge_shadow"}


@require_safe
@requires_role("read")
def replay(request: HttpRequest, number: int, kind: str = KEPT) -> HttpResponse:
    """The groups; with `?avant=…&apres=…`, the messages of one group."""
    found = _of(number, kind)
    context = {
        "replay": found, "version": found.version, "is_current": replays.of_live(found),
        "page": reverse(_PAGES[kind], args=[number]), "judge": reverse(_JUDGES[kind], args=[number]),
    }  # fmt: skip
    if "avant" not in request.GET:
        return render(request, "console/replay.html", {
            **context, "groups": replays.groups(found), "most": replays.GROUPS,
            "judged": replays.judged([found])[found.pk],
        })  # fmt: skip
    change = _change(ChangeForm(request.GET))
    differences = replays.in_group(found, change["avant"], change["apres"])
    return render(request, "console/replay_group.html", {
        **context, "before": change["avant"], "after": change["apres"], "count": differences.count(),
        "rows": replays.shown(differences), "judgements": [one for one in Difference.Judgement if one],
    })  # fmt: skip


@require_POST
@requires_role("manage")
def judge(request: HttpRequest, number: int, kind: str = KEPT) -> HttpResponse:
    """Judge one difference (`difference`), or all unjudged ones of a group. An empty judgement withdraws one."""
    found = _of(number, kind)
    given = _change(JudgementForm(request.POST))
    group = replays.in_group(found, given["avant"], given["apres"])
    chosen = group.filter(pk=given["difference"]) if given["difference"] else group.filter(judgement="")
    count = replays.judge(chosen, given["avis"], user_of(request))
    audit.record(request, "judged", number=number, count=count, verdict=given["avis"] or "none")
    shown = urlencode({name: given[name] for name in ("avant", "apres")})
    return redirect(f"{reverse(_PAGES[kind], args=[number])}?{shown}")


@require_POST
@requires_role("manage")
def again(request: HttpRequest, number: int) -> HttpResponse:
    """Queue a replay for the worker, or resume one that was stopped."""
    version = get_object_or_404(Version, number=number, state=Version.State.READY)
    one, is_new = Replay.objects.get_or_create(version=version, kind=KEPT)
    begun = Replay.objects.filter(pk=one.pk).exclude(state__in=replays.BUSY).update(state=Replay.State.QUEUED)
    if is_new or begun:
        audit.record(request, "replayed", number=number)
    else:
        flash.add(request, "Ce rejeu est déjà en cours.")
    return redirect("console:versions")


@require_POST
@requires_role("manage")
def stop(request: HttpRequest, number: int) -> HttpResponse:
    """Stop the replay. Its results are kept, and « Reprendre » resumes it."""
    running = Replay.objects.filter(version__number=number, kind=KEPT, state__in=replays.BUSY)
    if running.update(state=Replay.State.CANCELLED):
        audit.record(request, "stopped_replay", number=number)
    return redirect("console:versions")


def _change(form: ChangeForm) -> dict[str, Any]:
    if not form.is_valid():
        raise Http404
    return form.cleaned_data


def _of(number: int, kind: str) -> Replay:
    return get_object_or_404(Replay.objects.select_related("version"), version__number=number, kind=kind)
