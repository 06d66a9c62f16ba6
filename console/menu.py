"""The console's menu: daily pages in one row, the others in two groups, « Gestion » and the user's own."""

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from console import inbox, requests
from console.roles import has_role
from console.views.base import user_of

_DAILY = {
    "inbox": "Boîte de réception",
    "threads": "Conversations",
    "queue": "À relire",
    "unanswered": "Incompris",
    "corrections": "Corrections",
    "statistics": "Statistiques",
}
_MANAGING = {
    "versions": "Versions",
    "answer_notices": "Avis aux clients",
    "team": "Équipe",
    "audit": "Journal",
    "erase": "Effacer",
}
_OWN = {"account": "Mon compte", "canned": "Réponses toutes prêtes", "state": "État", "help": "Aide"}


class Page(NamedTuple):
    """An entry. `is_open`: the browser shows this page."""

    title: str
    address: str
    is_open: bool


def of(request: HttpRequest) -> dict[str, Any]:
    """The entries for the user's role. `to_take`: how many conversations and requests wait in the inbox's first tab."""
    user = user_of(request)
    groups = {"Gestion": _MANAGING} if has_role(user, "manage") else {}
    shown = [(title, _pages(request, entries)) for title, entries in {**groups, user.get_username(): _OWN}.items()]
    return {
        "pages": _pages(request, _DAILY),
        "groups": [(title, pages, any(page.is_open for page in pages)) for title, pages in shown],
        "to_take": inbox.conversations("a-prendre", user).count() + requests.requests("a-prendre", user).count(),
    }


def _pages(request: HttpRequest, entries: dict[str, str]) -> list[Page]:
    addresses = {name: reverse(f"console:{name}") for name in entries}
    return [Page(title, addresses[name], request.path == addresses[name]) for name, title in entries.items()]
