"""Helpers of several pages."""

from django.contrib.auth.models import User
from django.http import HttpRequest, QueryDict


def user_of(request: HttpRequest) -> User:
    """The signed-in user; `requires_role` guarantees that there is one."""
    user = request.user
    assert isinstance(user, User) or user.is_authenticated
    return user  # type: ignore[return-value]


def query_of(given: QueryDict) -> str:
    """The filter's query string without empty fields and without the position in the list."""
    kept = QueryDict(mutable=True)
    for name, values in given.lists():
        if name != "apres" and any(values):
            kept.setlist(name, [value for value in values if value])
    return kept.urlencode()
