"""Django's ASGI handler for the pages, with the chat API's limits of a body's size and time."""

from io import BytesIO
from typing import Any

from django.core.handlers.asgi import ASGIHandler
from django.core.signals import request_finished
from django.db import connections
from django.dispatch import receiver
from django.http import HttpResponse

from chat import request_body
from chat.api import errors
from chat.lifespan import Receive, Scope, Send

# The longest form of the console; nginx has the same limit (deploy/nginx).
MAX_BODY_BYTES = 1 << 20


class PageHandler(ASGIHandler):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except request_body.TooBig:
            await self.send_response(_refusal(413, "Cette demande est trop volumineuse."), send)
        except request_body.TooSlow:
            await self.send_response(_refusal(408, errors.too_slow().message), send)

    async def read_body(self, receive: Receive) -> Any:
        return BytesIO(await request_body.read(receive, MAX_BODY_BYTES))


@receiver(request_finished)
def _close_connections(**_: Any) -> None:
    """Close the connections of this request's thread, which ends with it.

    Otherwise they would stay open until the next garbage collection; fifty inboxes would exceed PostgreSQL's default
    max_connections.
    """
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:  # as in tests
            connection.close()


def _refusal(status: int, text: str) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
