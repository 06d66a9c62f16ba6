"""Refuses requests that contain NUL: PostgreSQL cannot store it in a text, and nobody types it."""

from collections.abc import Iterable

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin


class RefuseNul(MiddlewareMixin):
    """Answer 400 if a query, a form or a cookie contains NUL.

    Cookies are checked because the session key is looked up in the database.
    """

    def process_request(self, request: HttpRequest) -> None:
        if any("\0" in text for text in _texts(request)):
            raise BadRequest("NUL")


def _texts(request: HttpRequest) -> Iterable[str]:
    yield from request.COOKIES.values()
    for given in (request.GET, request.POST):
        for name, values in given.lists():
            yield from (name, *values)
