"""Refuses NUL in what a request says: PostgreSQL stores it in no text, and no person types it."""

from collections.abc import Iterable

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin


class RefuseNul(MiddlewareMixin):
    """400 for a query, a form or a cookie with NUL. The session's key is a cookie, and is looked up in the database."""

    def process_request(self, request: HttpRequest) -> None:
        if any("\0" in text for text in _texts(request)):
            raise BadRequest("NUL")


def _texts(request: HttpRequest) -> Iterable[str]:
    yield from request.COOKIES.values()
    for given in (request.GET, request.POST):
        for name, values in given.lists():
            yield from (name, *values)
