"""A version's shadow run: begin, extend, stop."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from bot import versions as files
from console import audit, flash
from console.access import requires_role
from console.models import Version
from console.versions import shadow
from shop import formatting


@require_POST
@requires_role("manage")
def extend(request: HttpRequest, number: int) -> HttpResponse:
    """Begin a run, or extend it by three days."""
    version = get_object_or_404(Version, number=number, state=Version.State.READY)
    if problem := _problem(version):
        flash.add(request, problem)
    else:
        until = formatting.short_datetime(shadow.begin_or_extend(version))
        audit.record(request, "shadowed", number=number, until=until)
    return redirect("console:versions")


@require_POST
@requires_role("manage")
def stop(request: HttpRequest, number: int) -> HttpResponse:
    """Stop the run; its results are kept."""
    if shadow.stop(get_object_or_404(Version, number=number)):
        audit.record(request, "stopped_shadow", number=number)
    return redirect("console:versions")


def _problem(version: Version) -> str:
    """Why no run may begin, in French; empty if one may."""
    if version.sha256 == files.live():
        return "Cette version est déjà en service."
    if not files.is_stored(version.sha256):
        return "Son fichier n’est plus gardé."
    other = shadow.active().exclude(version=version).select_related("version").first()
    return f"La version {other.version.number} est déjà à l’essai." if other else ""
