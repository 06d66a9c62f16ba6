"""Where a reply contradicts the state of the order at that moment."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from console.models import Turn
from shop import clock, formatting
from shop.history import Lookup, OrderSnapshot, snapshots
from shop.status import OrderStatus

_QUOTED = re.compile(r"«\s*([^»]+?)\s*»")
_STATUSES = {status.label: status for status in OrderStatus}
_CARD_FIELDS = {
    "status": "le statut",
    "shipped_on": "la date d’expédition",
    "delivered_on": "la date de livraison",
}


def orders_of(turns: Iterable[Turn]) -> dict[int, OrderSnapshot]:
    """{turn's id: the snapshot of the order that its slots give access to}; other turns are left out."""
    return snapshots({turn.pk: lookup for turn in turns if (lookup := _lookup(turn))})


def contradicted(turns: Iterable[Turn]) -> list[Turn]:
    """The turns whose replies contradict their order."""
    turns = list(turns)
    orders = orders_of(turns)
    return [turn for turn in turns if turn.pk in orders and contradictions(turn, orders[turn.pk])]


def contradictions(turn: Turn, order: OrderSnapshot) -> list[str]:
    """In French, each statement of the turn's replies that was not true of this order."""
    found: list[str] = []
    for reply in turn.replies:
        if order.number in reply["text"]:
            found += _wrong_status(reply["text"], order) + _wrong_dates(reply["text"], order, turn.at)
        card = reply["card"] or {}
        if card.get("number") == order.number:
            found += _wrong_card(card, order)
    return list(dict.fromkeys(found))


def _lookup(turn: Turn) -> Lookup | None:
    number, email = turn.slots.get("order_number"), turn.slots.get("email")
    return Lookup(str(number), str(email).strip().lower(), turn.at) if number and email else None


def _wrong_status(text: str, order: OrderSnapshot) -> list[str]:
    named = [_STATUSES[label] for label in _QUOTED.findall(text) if label in _STATUSES]
    if not named or order.status in named:
        return []
    return [f"La réponse dit «\u00a0{named[0].label}\u00a0», la commande était «\u00a0{order.status.label}\u00a0»."]


def _wrong_dates(text: str, order: OrderSnapshot, at: datetime) -> list[str]:
    known = {order.placed_on, order.shipped_on, order.delivered_on, order.credit_signed_on, order.withdrawal_ends}
    known.add(clock.paris_date(at))
    return [
        f"La réponse dit le {words}, qui n’est pas une date de cette commande."
        for words, day in formatting.dates_in(text)
        if day not in known
    ]


def _wrong_card(card: dict[str, Any], order: OrderSnapshot) -> list[str]:
    truth = {"status": order.status.value, "shipped_on": order.shipped_on, "delivered_on": order.delivered_on}
    return [
        f"La fiche montre pour {_CARD_FIELDS[name]} autre chose que la commande."
        for name, value in truth.items()
        if (card.get(name) or None) != (value.isoformat() if isinstance(value, date) else value)
    ]
