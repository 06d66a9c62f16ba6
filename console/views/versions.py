"""« Versions »: prepare a version, see its figures, put it into service, roll back."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from bot import versions as files
from console import audit, flash
from console.access import requires_role
from console.models import Replay, Rollout, Version
from console.training import training_changes
from console.versions import blockers, lease, replays
from console.views.base import user_of
from shop import clock

SHOWN = 20
BUSY = (Version.State.QUEUED, Version.State.TRAINING)


@require_safe
@requires_role("read")
def versions(request: HttpRequest) -> HttpResponse:
    """All versions, the latest first."""
    return render(request, "console/versions.html", _state())


@require_safe
@requires_role("read", background=True)
def progress(request: HttpRequest) -> HttpResponse:
    """The list alone, which the page reloads while work is running."""
    return render(request, "console/_versions.html", _state())


@require_POST
@requires_role("manage")
def prepare(request: HttpRequest) -> HttpResponse:
    """Queue the training of a candidate with the corrections that are accepted now."""
    with transaction.atomic():
        if Version.objects.select_for_update().filter(state__in=BUSY).exists():
            flash.add(request, "Une version est déjà en préparation.")
            return redirect("console:versions")
        last = Version.objects.aggregate(last=Max("number"))["last"] or 0
        parent = Version.objects.filter(sha256=files.live() or "-").first()
        version = Version.objects.create(number=last + 1, parent=parent, user=user_of(request))
    audit.record(request, "prepared_version", number=version.number)
    return redirect("console:versions")


@require_POST
@requires_role("manage")
def cancel(request: HttpRequest, number: int) -> HttpResponse:
    """Cancel the training; the worker kills its process."""
    found = Version.objects.filter(number=number, state__in=BUSY)
    if found.update(state=Version.State.CANCELLED, step="", ended_at=clock.now()):
        audit.record(request, "cancelled_version", number=number)
    return redirect("console:versions")


@require_POST
@requires_role("manage")
def promote(request: HttpRequest, number: int) -> HttpResponse:
    """Put a version into service; number 0 is the installed model."""
    version = get_object_or_404(Version, number=number, state=Version.State.READY) if number else None
    if version and (problem := _problem(version)):
        return render(request, "console/error.html", {"message": problem, "back": request.path}, status=409)
    with transaction.atomic():
        if Rollout.objects.select_for_update().filter(state=Rollout.State.ASKED).exists():
            flash.add(request, "Une mise en service est déjà en cours.")
            return redirect("console:versions")
        Rollout.objects.create(version=version, user=user_of(request))
    audit.record(request, "promoted", number=number)
    return redirect("console:versions")


def _problem(version: Version) -> str:
    """Why the version may not be put into service, in French; empty if it may."""
    if not files.is_stored(version.sha256):
        return "Son fichier n’est plus gardé."
    if version.figures["held_out"]["is_worse"]:
        return "Elle lit nettement moins bien les phrases de contrôle que le modèle auquel elle a été comparée."
    if version.figures.get("dialogues", {}).get("is_worse"):
        return "Elle mène nettement moins bien les dialogues que le modèle auquel elle a été comparée."
    return ""


def _state() -> dict[str, Any]:
    live = files.live()
    rows = list(Version.objects.select_related("parent", "user").prefetch_related("replays")[:SHOWN])
    rollouts = list(Rollout.objects.select_related("version", "user")[:SHOWN])
    serving = next((one for one in rows if one.sha256 and one.sha256 == live), None)
    learnt = set(serving.lines) if serving else set()
    accepted = training_changes.accepted().digests
    judged = replays.judged([replay for one in rows for replay in one.replays.all()])
    busy = any(one.state in BUSY for one in rows) or any(one.state == Rollout.State.ASKED for one in rollouts)
    return {
        "rows": [_row(one, serving, judged) for one in rows],
        "serving": serving,
        "rollouts": rollouts,
        "before": _before(rollouts),
        "busy": busy,
        "moves": busy or Replay.objects.filter(kind=Replay.Kind.KEPT, state__in=replays.BUSY).exists(),
        "waiting": sum(digest not in learnt for digest in accepted),
        "worker": lease.is_taken(),
    }  # fmt: skip


def _row(version: Version, serving: Version | None, judged: dict[int, dict[str, int]]) -> dict[str, Any]:
    """The row of a version; figures only if it is ready."""
    if version.state != Version.State.READY:
        return {"version": version}
    replay, shadow = version.replay_of(Replay.Kind.KEPT), version.replay_of(Replay.Kind.SHADOW)
    is_current, counts = bool(replay and replays.of_live(replay)), judged[replay.pk] if replay else {}
    return {
        "version": version,
        "problem": _problem(version),
        "is_live": version == serving,
        "replay": replay,
        "replay_is_current": is_current,
        "judged": counts,
        "shadow": shadow,
        "shadow_is_current": bool(shadow and (not shadow.live or replays.of_live(shadow))),
        "shadow_judged": judged[shadow.pk] if shadow else {},
        "missing": [*blockers.of_evaluation(version.figures), *blockers.of_replay(replay, is_current, counts)],
    }


def _before(rollouts: list[Rollout]) -> Rollout | None:
    """The previous rollout, to roll back to; None if there is none."""
    done = [one for one in rollouts if one.state == Rollout.State.DONE]
    return done[1] if len(done) > 1 else None
