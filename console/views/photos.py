"""A customer's photo. It cannot be masked, so opening it is recorded; loading its preview with a page is not."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from chat import photos
from chat.api.photos import jpeg
from chat.models import Photo
from console import audit
from console.access import requires_role


@require_safe
@requires_role("read", background=True)
def preview(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The small picture, for the pages."""
    return jpeg(bytes(_sent(pk).small))


@require_safe
@requires_role("read")
def photo(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The picture as it was sent."""
    one = _sent(pk)
    audit.record(request, "saw_photo", one.conversation)
    return jpeg(bytes(one.data))


def _sent(pk: uuid.UUID) -> Photo:
    found = photos.sent(pk)
    if found is None:
        raise Http404
    return found
