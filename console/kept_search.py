"""Keeps searches that name a person in the session; URLs, and so the logs, contain only a key."""

from django.http import HttpRequest, QueryDict
from django.utils.crypto import salted_hmac

from console.privacy.masking import mask

PARAM = "recherche"
ENDED = "Cette recherche s’est terminée avec votre session\u00a0: écrivez-la de nouveau."
_KEY = "searches"
MOST = 20


def public_query(request: HttpRequest, given: QueryDict) -> QueryDict:
    """The parameters, with a key instead of a search that names a person."""
    query = given.copy()
    words = query.get("q", "")
    if words and mask(words) != words:
        del query["q"]
        query[PARAM] = _keep(request, words[:200])
    return query


def full_query(request: HttpRequest) -> QueryDict:
    """The request's parameters with the words of its kept search, if its session still has them."""
    query = request.GET.copy()
    words = request.session.get(_KEY, {}).get(query.get(PARAM, ""), "")
    if words:
        query["q"] = words
    return query


def has_ended(request: HttpRequest) -> bool:
    """Whether the address names a search that this session does not have."""
    return PARAM in request.GET and request.GET[PARAM] not in request.session.get(_KEY, {})


def _keep(request: HttpRequest, words: str) -> str:
    key = salted_hmac("console.search", words).hexdigest()[:12]
    kept: dict[str, str] = request.session.get(_KEY, {})
    if key not in kept:
        request.session[_KEY] = dict([*kept.items(), (key, words)][-MOST:])
    return key
