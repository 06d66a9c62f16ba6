"""Bulk actions on inbox items, and their undo.

An item is a conversation (its id) or a request (its number). Each changes in a transaction of its own: items that a
colleague has taken in the meantime are skipped, the others change.
"""

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.auth.models import User

from chat import takeover
from chat.models import Conversation, HandOverRequest
from chat.updates import ConversationClosed
from console import customer, thread_bulk
from console.models import BulkChange
from shop import clock

Item = uuid.UUID | int
_Act = Callable[[Any, User], bool]
TAKE, RETURN, CLOSE = "prendre", "rendre", "terminer"
# {tab: {action: its button}}
ACTIONS = {
    "a-prendre": {TAKE: "Prendre"},
    "miennes": {RETURN: "Rendre", CLOSE: "Terminer"},
    "client": {RETURN: "Rendre", CLOSE: "Terminer"},
}
# Action → its stored name, for `undo`.
_STORED_AS = {TAKE: "take", RETURN: "return", CLOSE: "close"}


def apply(action: str, items: Iterable[Item], user: User) -> BulkChange:
    """Apply the action where possible; `changed` contains the changed items."""
    change = BulkChange(user=user, action=_STORED_AS[action])
    change.changed = [_name(item) for item in items if _works(_DO[action, type(item)], item, user)]
    thread_bulk.store(change)
    return change


def undo(change: BulkChange) -> list[Item]:
    """Undo it for items unchanged since; return those."""
    done = [one for one in items_of(change) if _works(_UNDO[change.action, type(one)], one, change.user)]
    change.delete()
    return done


def items_of(change: BulkChange) -> list[Item]:
    return [_item(name) for name in change.changed]


def undoable(user: User, pk: int) -> BulkChange | None:
    """The user's own change of the inbox, within a day."""
    return thread_bulk.undoable(user, pk, _STORED_AS.values())


def _works(act: _Act, item: Item, user: User) -> bool:
    try:
        return act(item, user)
    except (takeover.NotYours, ConversationClosed):
        return False


def _done(act: Callable[[uuid.UUID, User], None]) -> _Act:
    def do(item: uuid.UUID, user: User) -> bool:
        act(item, user)
        return True

    return do


def _hand_back(item: uuid.UUID, user: User) -> bool:
    takeover.hand_back(item, user, _topic(item))
    return True


def _put_back(item: uuid.UUID, user: User) -> bool:
    return takeover.put_back(item, user, _topic(item))


def _topic(item: uuid.UUID) -> str:
    conversation = Conversation.objects.filter(id=item).first()
    return customer.topic_of(conversation) if conversation else ""


def _take_request(item: int, user: User) -> bool:
    free = HandOverRequest.objects.filter(pk=item, answered_at=None, taken_by=None)
    return bool(free.update(taken_by=user, taken_at=clock.now()))


def _return_request(item: int, user: User) -> bool:
    mine = HandOverRequest.objects.filter(pk=item, answered_at=None, taken_by=user)
    return bool(mine.update(taken_by=None, taken_at=None))


def _nothing(item: int, user: User) -> bool:
    """A request is not closed here: it is answered on its own page, which shows its additions."""
    return False


_DO: dict[tuple[str, type], _Act] = {
    (TAKE, uuid.UUID): _done(takeover.take),
    (RETURN, uuid.UUID): _hand_back,
    (CLOSE, uuid.UUID): _done(takeover.close),
    (TAKE, int): _take_request,
    (RETURN, int): _return_request,
    (CLOSE, int): _nothing,
}
_UNDO: dict[tuple[str, type], _Act] = {
    ("take", uuid.UUID): _put_back,
    ("return", uuid.UUID): _done(takeover.take),
    ("close", uuid.UUID): _done(takeover.take),
    ("take", int): _return_request,
    ("return", int): _take_request,
}


def _name(item: Item) -> str:
    return item.hex if isinstance(item, uuid.UUID) else f"n{item}"


def _item(name: str) -> Item:
    return int(name[1:]) if name.startswith("n") else uuid.UUID(name)
