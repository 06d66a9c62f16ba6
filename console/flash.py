"""Flash messages: after an action (with « Annuler »), or because the session had ended before it.

Stored in the session, shown once on the next page. A flash message may repeat a form, as its action and fields.
"""

from typing import Any, TypedDict

from django.http import HttpRequest

Fields = list[tuple[str, str]]
_KEY = "notices"
# Maximum number of flash messages in a session; older ones are for pages that were not opened again.
MAX_FLASHES = 5


class Flash(TypedDict):
    """`page`: the only path that shows it; "" for any. `kept`: what was typed, to put into the page's form again."""

    text: str
    page: str
    button: str
    action: str
    fields: Fields
    kept: bool


def add(
    request: HttpRequest, text: str, *, button: str = "", action: str = "", fields: dict[str, Any] | None = None
) -> None:
    """Show this text on the next page; a `button` posts these fields to `action`."""
    given = [(name, str(value)) for name, value in (fields or {}).items()]
    _store(request, Flash(text=text, page="", button=button, action=action, fields=given, kept=False))


def keep_form(request: HttpRequest, text: str, page: str, action: str, fields: Fields) -> None:
    """Show this text on that page only, and fill its form with these fields."""
    button = "Enregistrer maintenant"
    _store(request, Flash(text=text, page=page, button=button, action=action, fields=fields, kept=True))


def pop(request: HttpRequest) -> list[Flash]:
    """The messages for this page; each is returned once."""
    waiting: list[Flash] = request.session.get(_KEY, [])
    found = [one for one in waiting if one["page"] in ("", request.path)]
    if found:
        request.session[_KEY] = [one for one in waiting if one not in found]
    return found


def _store(request: HttpRequest, message: Flash) -> None:
    request.session[_KEY] = [*request.session.get(_KEY, []), message][-MAX_FLASHES:]
