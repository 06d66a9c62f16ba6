"""The calls for photos: upload one (a message then sends them), and read one of the conversation."""

import asyncio
import uuid

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.http.multipartparser import MultiPartParserError

from chat import photos, pictures
from chat.api import errors
from chat.api.endpoint import conversation_of, endpoint
from chat.db_threads import db_read, db_write
from chat.photos import DECODER


async def upload(request: HttpRequest) -> HttpResponseBase:
    """Validate and store one photo; a later message sends it."""
    conversation = conversation_of(request)
    sent = _file(request)
    photo = await db_write(photos.reserve)(conversation)
    picture = await asyncio.get_running_loop().run_in_executor(DECODER, pictures.redraw, sent)
    await db_write(photos.store)(conversation, photo, picture)
    return JsonResponse({"id": str(photo)}, status=201)


async def show(request: HttpRequest, photo: uuid.UUID) -> HttpResponseBase:
    found = await db_read(photos.shown)(conversation_of(request), photo)
    if found is None:
        raise errors.unknown("Cette photo n’existe pas dans cette conversation.")
    return jpeg(bytes(found.small if "small" in request.GET else found.data))


def jpeg(data: bytes) -> HttpResponse:
    """A response with our own JPEG, with headers that keep browsers from reading it as another type or running it."""
    return HttpResponse(
        data,
        content_type="image/jpeg",
        headers={
            "Content-Disposition": 'inline; filename="photo.jpg"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _file(request: HttpRequest) -> bytes:
    try:
        files = [one for _, several in request.FILES.lists() for one in several]
    except (MultiPartParserError, SuspiciousOperation) as fault:
        raise errors.malformed("le corps n’est pas un formulaire avec un fichier") from fault
    if len(files) != 1:
        raise errors.malformed("il faut un fichier")
    data: bytes = files[0].read()
    return data


photos_endpoint = endpoint(POST=upload)
photo_endpoint = endpoint(GET=show)
