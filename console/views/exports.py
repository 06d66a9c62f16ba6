"""Download of the filtered list."""

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_safe

from console import audit, exports
from console.access import requires_role
from console.filters import filtered
from console.streaming import streamed
from shop import clock

KINDS = {"csv": (exports.as_csv, "text/csv"), "jsonl": (exports.as_jsonl, "application/jsonl")}


@require_safe
@requires_role("manage")
def export(request: HttpRequest, kind: str) -> StreamingHttpResponse:
    """Stream the rows of the filtered list, of any length."""
    if kind not in KINDS:
        raise Http404
    _, found = filtered(request)
    rows, content_type = KINDS[kind]
    audit.record(request, "exported", what=kind)
    name = f"conversations-{clock.now():%Y-%m-%d}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(streamed(rows(found)), content_type=f"{content_type}; charset=utf-8", headers=headers)
