"""Finds replies that contradict the order's state at that moment."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from console.models import Turn
from shop import clock, formatting
from shop.history import OrderSnapshot, SnapshotRequest, snapshots
from shop.records import OrderRecord
from shop.status import OrderStatus

_QUOTED = re.compile(r"«\s*([^«»]+?)\s*»")
_STATUSES = {status.label: status for status in OrderStatus}
_CARD_FIELDS = {
    "status": "le statut",
    "shipped_on": "la date d’expédition",
    "delivered_on": "la date de livraison",
}


def orders_of(turns: Iterable[Turn]) -> dict[int, OrderSnapshot]:
    """{turn's id: the snapshot of the order that its slots give access to}; other turns are left out."""
    return snapshots({turn.pk: lookup for turn in turns if (lookup := _lookup(turn))})


def order_risks(turns: Iterable[Turn]) -> list[str]:
    """The risks of these turns: a reply that contradicts its order, or an order with an implausible record."""
    turns = list(turns)
    orders = orders_of(turns)
    found = {
        "contradiction": any(contradictions(turn, orders[turn.pk]) for turn in turns if turn.pk in orders),
        "implausible_order": any(snapshot.order.defects for snapshot in orders.values()),
    }
    return [risk for risk, is_there in found.items() if is_there]


def contradictions(turn: Turn, snapshot: OrderSnapshot) -> list[str]:
    """In French, each statement of the turn's replies that contradicts this order."""
    found: list[str] = []
    order = snapshot.order
    for reply in turn.replies:
        if order.number in reply["text"]:
            found += _wrong_status(reply["text"], order) + _wrong_dates(reply["text"], snapshot, turn.at)
        card = reply["card"] or {}
        if card.get("number") == order.number:
            found += _wrong_card(card, order)
    return list(dict.fromkeys(found))


def _lookup(turn: Turn) -> SnapshotRequest | None:
    number, email = turn.slots.get("order_number"), turn.slots.get("email")
    return SnapshotRequest(str(number), str(email).strip().lower(), turn.at) if number and email else None


def _wrong_status(text: str, order: OrderRecord) -> list[str]:
    named = [_STATUSES[label] for label in _QUOTED.findall(text) if label in _STATUSES]
    if not named or order.status in named:
        return []
    was = f"était «\u00a0{order.status.label}\u00a0»" if order.status else "n’avait pas de statut connu"
    return [f"La réponse dit «\u00a0{named[0].label}\u00a0», la commande {was}."]


def _wrong_dates(text: str, snapshot: OrderSnapshot, at: datetime) -> list[str]:
    order = snapshot.order
    known = {order.placed_on, order.shipped_on, order.delivered_on, order.credit_signed_on, snapshot.withdrawal_ends}
    known.add(clock.paris_date(at))
    return [
        f"La réponse dit le {words}, qui n’est pas une date de cette commande."
        for words, day in formatting.dates_in(text)
        if day not in known
    ]


def _wrong_card(card: dict[str, Any], order: OrderRecord) -> list[str]:
    status = order.status.value if order.status else None
    truth = {"status": status, "shipped_on": order.shipped_on, "delivered_on": order.delivered_on}
    return [
        f"La fiche montre pour {_CARD_FIELDS[name]} autre chose que la commande."
        for name, value in truth.items()
        if (card.get(name) or None) != (value.isoformat() if isinstance(value, date) else value)
    ]
