"""Stores searches that name a person in the session, so that URLs, and thus the logs, contain only a key."""

from django.http import HttpRequest, QueryDict
from django.utils.crypto import salted_hmac

from console import limits
from console.privacy.masking import mask

PARAM = "recherche"
ENDED = "Cette recherche s’est terminée avec votre session\u00a0: écrivez-la de nouveau."
_KEY = "searches"
# Maximum number of searches in a session.
MAX_SEARCHES = 20


def public_query(request: HttpRequest, given: QueryDict) -> QueryDict:
    """The parameters, with a key instead of a search that names a person."""
    query = given.copy()
    words = query.get("q", "")
    if words and mask(words) != words:
        del query["q"]
        query[PARAM] = _store(request, words[: limits.SEARCH])
    return query


def full_query(request: HttpRequest) -> QueryDict:
    """The request's parameters, with the stored search if the session still has it."""
    query = request.GET.copy()
    words = request.session.get(_KEY, {}).get(query.get(PARAM, ""), "")
    if words:
        query["q"] = words
    return query


def has_ended(request: HttpRequest) -> bool:
    """Whether the address names a search that this session does not have."""
    return PARAM in request.GET and request.GET[PARAM] not in request.session.get(_KEY, {})


def _store(request: HttpRequest, words: str) -> str:
    key = salted_hmac("console.search", words).hexdigest()[:12]
    stored: dict[str, str] = request.session.get(_KEY, {})
    if key not in stored:
        request.session[_KEY] = dict([*stored.items(), (key, words)][-MAX_SEARCHES:])
    return key
