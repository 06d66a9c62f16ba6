"""Helpers of several pages."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.http import HttpRequest, QueryDict

from console import session_search


def user_of(request: HttpRequest) -> User:
    """The signed-in user; `requires_role` guarantees that there is one."""
    user = request.user
    assert isinstance(user, User) or user.is_authenticated
    return user  # type: ignore[return-value]


def numbers_in(values: Iterable[str]) -> list[int]:
    """The values that are valid row numbers; others, which the pages never send, are left out."""
    return [int(one) for one in values if one.isascii() and one.isdecimal() and len(one) < 19]


def query_of(request: HttpRequest) -> str:
    """The filter's query string, without empty fields, without positions in lists, and without personal data."""
    return _compact(session_search.public_query(request, request.GET)).urlencode()


def search_address(request: HttpRequest) -> str:
    """The query string of the posted search form, like `query_of`."""
    given = request.POST.copy()
    given.pop("csrfmiddlewaretoken", None)
    return _compact(session_search.public_query(request, given)).urlencode()


def _compact(given: QueryDict) -> QueryDict:
    kept = QueryDict(mutable=True)
    for name, values in given.lists():
        if name not in ("apres", "message") and any(values):
            kept.setlist(name, [value for value in values if value])
    return kept
