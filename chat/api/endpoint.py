"""Wraps every call of the API: checks its method, origin and token, and formats errors."""

import logging
import uuid
from collections.abc import Callable, Coroutine
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from chat import conversations, photos, pictures, updates
from chat.api import errors
from chat.api.errors import ApiError
from chat.limits import TooMany
from chat.text import Unreadable
from shop import json_object

MAX_BODY_BYTES = 16 * 1024
# The key of the ASGI scope under which chat/asgi_handler.py stores the ApiError for a refused body.
REFUSAL = "chat.refusal"

View = Callable[..., Coroutine[Any, Any, HttpResponseBase]]
logger = logging.getLogger(__name__)


def endpoint(**views: View) -> View:
    """A view for each method of a URL. No cookies are read, so another site cannot act for a customer."""

    async def answer(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        try:
            _check_origin(request)
            if refusal := getattr(request, "scope", {}).get(REFUSAL):
                raise refusal
            view = views.get(request.method or "")
            if view is None:
                return _no_store(errors.wrong_method().response(), Allow=", ".join(views))
            return _no_store(await view(request, **parts))
        except Exception as fault:
            return _no_store(_as_error(fault).response())

    return csrf_exempt(answer)


def body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of the request's body."""
    try:
        return json_object.parse(request.body)
    except json_object.NotAnObject as fault:
        raise errors.malformed("le corps n’est pas un objet JSON") from fault


def conversation_of(request: HttpRequest) -> uuid.UUID:
    """The id of the conversation that the request's token belongs to."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise errors.expired()
    return conversations.id_from_token(token)


def _check_origin(request: HttpRequest) -> None:
    origin = request.headers.get("Origin")
    own = {f"{request.scheme}://{request.get_host()}", settings.PUBLIC_ORIGIN}
    if origin is not None and origin not in own and origin not in settings.CORS_ALLOWED_ORIGINS:
        raise errors.forbidden_origin()


def _as_error(fault: Exception) -> ApiError:
    if isinstance(fault, ApiError):
        return fault
    if isinstance(fault, updates.ConversationClosed):
        return errors.expired()
    if isinstance(fault, conversations.UnknownButton):
        return errors.unknown("Ce bouton n’existe pas dans cette conversation.")
    if isinstance(fault, photos.UnknownPhoto):
        return errors.unknown("Cette photo n’est plus là. Choisissez-la de nouveau.")
    if isinstance(fault, (Unreadable, pictures.Unusable)):
        return ApiError(400, "unreadable", str(fault))
    if isinstance(fault, DisallowedHost):
        return errors.malformed("ce nom de site n’est pas le nôtre")
    if isinstance(fault, TooMany):
        return errors.too_many(fault.retry_after)
    if not isinstance(fault, (DatabaseError, updates.DelayNoticeNotStored)):
        # Only the type: the text could contain what a customer wrote.
        logger.error("the chat API failed: %s", type(fault).__name__)
    return errors.unavailable()


def _no_store(response: HttpResponseBase, **headers: str) -> HttpResponseBase:
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Content-Type-Options"] = "nosniff"
    for name, value in headers.items():
        response.headers[name] = value
    return response


async def not_found(request: HttpRequest) -> HttpResponseBase:
    """Any other URL below the API's prefix."""
    return _no_store(errors.unknown("Cette adresse n’existe pas.").response())
