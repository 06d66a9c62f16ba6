"""A small ASGI handler for the chat API: CORS is the only middleware, and a request occupies no thread.

The API uses no cookies, sessions, users or pages; the middleware for these would take longer than the call itself
(docs/performance.md). `chat/api/endpoint.py` makes the checks that the API needs.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from io import BytesIO
from typing import Any

from corsheaders.middleware import CorsMiddleware
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from chat import request_body, uploads
from chat.api import errors
from chat.api.endpoint import MAX_BODY_BYTES, REFUSAL
from chat.lifespan import Receive, Scope, Send
from shop.unicode import NO_BREAK

PREFIX = "/chat/v1/"


class ChatHandler(ASGIHandler):
    _get_response_async: Callable[[HttpRequest], Awaitable[HttpResponseBase]]

    def load_middleware(self, is_async: bool = False) -> None:
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        views: Any = convert_exception_to_response(self._get_response_async)
        self._middleware_chain = convert_exception_to_response(CorsMiddleware(views))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; stop if the client disconnects."""
        with suppress(RequestAborted):
            request, refusal = self.create_request(*await _with_body(scope, receive))
            if request is not None:
                await self._answer(request, receive, send)
            elif refusal is not None:
                await self.send_response(refusal, send)

    async def _answer(self, request: ASGIRequest, receive: Receive, send: Send) -> None:
        answering = asyncio.create_task(self._respond(request, send))
        disconnected = asyncio.create_task(_disconnected(receive))
        try:
            await asyncio.wait({answering, disconnected}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (answering, disconnected):
                task.cancel()
            outcome, _ = await asyncio.gather(answering, disconnected, return_exceptions=True)
        if isinstance(outcome, Exception):
            raise outcome

    async def _respond(self, request: ASGIRequest, send: Send) -> None:
        response = await self.run_get_response(request)
        try:
            await self.send_response(response, send)
        finally:
            response.close()


async def _with_body(scope: Scope, receive: Receive) -> tuple[Scope, BytesIO]:
    """The scope and the body. For a refused body, the scope has the error, so that the response gets CORS headers."""
    try:
        return scope, BytesIO(await _body(scope, receive))
    except request_body.TooBig:
        photo = uploads.is_photo(scope)
        size = f"{uploads.MAX_BYTES >> 20}{NO_BREAK}Mo" if photo else f"{MAX_BODY_BYTES >> 10}{NO_BREAK}ko"
        return scope | {REFUSAL: errors.too_big(size)}, BytesIO()
    except request_body.TooSlow:
        return scope | {REFUSAL: errors.too_slow()}, BytesIO()
    except uploads.Busy:
        return scope | {REFUSAL: errors.unavailable()}, BytesIO()


async def _body(scope: Scope, receive: Receive) -> bytes:
    if not uploads.is_photo(scope):
        return await request_body.read(receive, MAX_BODY_BYTES)
    async with uploads.slot():
        return await request_body.read(receive, uploads.MAX_BYTES, uploads.SECONDS)


async def _disconnected(receive: Receive) -> None:
    """Return when the client has disconnected; discard the rest of a refused body."""
    while (await receive())["type"] != "http.disconnect":
        pass
