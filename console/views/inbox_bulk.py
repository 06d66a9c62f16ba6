"""Actions on the ticked items of the inbox."""

import re
import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from chat.models import Conversation, HandOverRequest
from console import audit, flash, inbox_bulk
from console.access import requires_role
from console.inbox import SHOWN
from console.inbox_bulk import CLOSE, RETURN, TAKE, Item
from console.models import BulkChange
from console.views.base import numbers_in, user_of
from console.views.inbox_page import asked
from shop.unicode import NO_BREAK

# Action → its flash message: (for one item, for several).
DONE = {
    TAKE: (f"Prise{NO_BREAK}: elle est à vous maintenant.", f"{{}} prises{NO_BREAK}: elles sont à vous maintenant."),
    RETURN: ("Rendue.", "{} rendues."),
    CLOSE: (
        f"Échange terminé{NO_BREAK}; le client le sait.",
        f"{{}} échanges terminés{NO_BREAK}; les clients le savent.",
    ),
}
LEFT = (
    f"Une n’a pas changé{NO_BREAK}: elle n’est plus là où vous l’avez cochée.",
    f"{{}} n’ont pas changé{NO_BREAK}: elles ne sont plus là où vous les avez cochées.",
)
# Action → its journal entries: (of a conversation, of a request).
JOURNALED = {TAKE: ("took_over", "took"), RETURN: ("handed_back", "gave_back"), CLOSE: ("closed", "")}
_ID = re.compile("[0-9a-f]{32}")
JOURNALED_UNDONE = {"take": ("put_back", "gave_back"), "return": ("took_over", "took"), "close": ("took_over", "")}


@require_POST
@requires_role("review")
def apply(request: HttpRequest) -> HttpResponse:
    """Apply an action to the ticked conversations (`c`) and requests (`d`)."""
    action, items = request.POST.get("faire", ""), _ticked(request)
    if action not in DONE or not items:
        flash.add(request, "Cochez d’abord des conversations.")
        return _to_list(request)
    change = inbox_bulk.apply(action, items, user_of(request))
    _record(request, inbox_bulk.items_of(change), JOURNALED[action])
    _add_flash(request, action, change, len(items) - len(change.changed))
    return _to_list(request)


@require_POST
@requires_role("review")
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo the user's own change, within a day."""
    mine = inbox_bulk.undoable(user_of(request), pk)
    if mine is None:
        flash.add(request, "Cela ne peut plus être annulé.")
        return _to_list(request)
    count, action = len(mine.changed), mine.action
    done = inbox_bulk.undo(mine)
    _record(request, done, JOURNALED_UNDONE[action])
    rest = count - len(done)
    flash.add(request, f"C’est annulé{f', sauf pour {rest}{NO_BREAK}: quelqu’un y a répondu depuis' if rest else ''}.")
    return _to_list(request)


def _ticked(request: HttpRequest) -> list[Item]:
    """The ticked items that have a valid id, at most as many as a page shows."""
    conversations, requests = (request.POST.getlist(name)[:SHOWN] for name in ("c", "d"))
    return [*(uuid.UUID(one) for one in conversations if _ID.fullmatch(one)), *numbers_in(requests)]


def _record(request: HttpRequest, items: list[Item], entries: tuple[str, str]) -> None:
    for item in items:
        if isinstance(item, uuid.UUID):
            audit.record(request, entries[0], Conversation.objects.get(pk=item))
        else:
            audit.record(request, entries[1], HandOverRequest.objects.get(pk=item))


def _add_flash(request: HttpRequest, action: str, change: BulkChange, left: int) -> None:
    done = len(change.changed)
    said = [_counted(done, DONE[action]) if done else "", _counted(left, LEFT) if left else ""]
    undo_it = reverse("console:undo_inbox_bulk", args=[change.pk]) if done else ""
    flash.add(request, " ".join(filter(None, said)), button="Annuler", action=undo_it)


def _counted(count: int, words: tuple[str, str]) -> str:
    return words[count > 1].format(count)


def _to_list(request: HttpRequest) -> HttpResponse:
    tab = asked(request)["onglet"]
    return redirect(f"{reverse('console:inbox')}{f'?onglet={tab}' if tab else ''}")
