"""The order of a conversation as it was at a given minute, and where a reply says something else.

The shop's records are registered with django-auditlog (shop/apps.py): the state of a minute is today's, with every
change that was made since undone.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from auditlog.models import LogEntry
from django.db import models
from django.utils.dateparse import parse_datetime

from console.models import Turn
from shop import clock
from shop.models import Order, Shipment
from shop.rules.withdrawal import withdrawal_deadline
from shop.status import OrderStatus

_MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
_DATE = re.compile(rf"\b(1er|\d{{1,2}})\s({'|'.join(_MONTHS)})\s(\d{{4}})")
_QUOTED = re.compile(r"«\s*([^»]+?)\s*»")
_LABELS = {status.label: status for status in OrderStatus}
# {(model, id): the entries of its history, the latest first}
Changes = dict[tuple[type[models.Model], int], list[LogEntry]]


@dataclass(frozen=True)
class OrderThen:
    """What the shop knew at `at`. Days are Paris's."""

    number: str
    at: datetime
    status: OrderStatus
    product: str
    seller: str
    placed_on: date
    shipped_on: date | None
    delivered_on: date | None
    credit_signed_on: date | None
    withdrawal_ends: date | None
    customer: tuple[str, ...]


def of_turns(turns: Iterable[Turn]) -> dict[int, OrderThen]:
    """{turn's id: the order that its number and e-mail open, as it was then}; a turn that opens none is not there.

    However many turns there are, the queries are the same few.
    """
    asked = {turn: key for turn in turns if (key := _opened(turn))}
    if not asked:
        return {}
    orders = Order.objects.select_related("customer", "seller", "shipment").prefetch_related("lines")
    found = {
        (o.number, o.customer.email): o for o in orders.filter(number__in={number for number, _ in asked.values()})
    }
    changes = _changes(found.values())
    return {
        turn.pk: _then(found[key], turn.at, changes)
        for turn, key in asked.items()
        # An order that was made anew since (as the demo's are) says nothing of that minute.
        if key in found and _existed(changes[Order, found[key].pk], turn.at)
    }


def contradicted(turns: Iterable[Turn]) -> list[Turn]:
    """The turns whose reply says what the order was not."""
    turns = list(turns)
    then = of_turns(turns)
    return [turn for turn in turns if turn.pk in then and contradictions(turn, then[turn.pk])]


def _opened(turn: Turn) -> tuple[str, str] | None:
    number, email = turn.slots.get("order_number"), turn.slots.get("email")
    return (str(number), str(email).strip().lower()) if number and email else None


def contradictions(turn: Turn, order: OrderThen) -> list[str]:
    """In French, each thing that the turn's replies say of this order and that was not so."""
    found: list[str] = []
    for reply in turn.replies:
        if order.number in reply["text"]:
            found += _wrong_status(reply["text"], order) + _wrong_dates(reply["text"], order, turn.at)
        card = reply["card"] or {}
        if card.get("number") == order.number:
            found += _wrong_card(card, order)
    return list(dict.fromkeys(found))


def _changes(orders: Iterable[Order]) -> Changes:
    parcels = [order.shipment for order in orders if hasattr(order, "shipment")]
    found: Changes = defaultdict(list)
    for model, records in ((Order, list(orders)), (Shipment, parcels)):
        keys = [record.pk for record in records]
        entries = LogEntry.objects.get_for_model(model).filter(object_id__in=keys).order_by("-timestamp", "-pk")
        for entry in entries:
            found[model, entry.object_id].append(entry)
    return found


def _then(order: Order, at: datetime, changes: Changes) -> OrderThen:
    shipment = getattr(order, "shipment", None)
    state: dict[str, Any] = {"status": order.status, "credit_signed_on": order.credit_signed_on}
    state = _undone(changes[Order, order.pk], at, state)
    parcel: dict[str, Any] = {"shipped_at": None, "delivered_at": None}
    if shipment is not None and _existed(changes[Shipment, shipment.pk], at):
        parcel = {name: getattr(shipment, name) for name in parcel}
        parcel = _undone(changes[Shipment, shipment.pk], at, parcel)
    delivered, signed = _day(parcel["delivered_at"]), _day(state["credit_signed_on"])
    start = signed or delivered
    return OrderThen(
        order.number,
        at,
        OrderStatus(state["status"]),
        ", ".join(line.product for line in order.lines.all()),
        order.seller.name,
        clock.paris_date(order.placed_at),
        _day(parcel["shipped_at"]),
        delivered,
        signed,
        withdrawal_deadline(start) if start else None,
        (order.customer.first_name, order.customer.last_name),
    )


def _undone(entries: list[LogEntry], at: datetime, state: dict[str, Any]) -> dict[str, Any]:
    """The state with each change since `at` undone; `entries`: the latest first."""
    for entry in entries:
        if entry.action == LogEntry.Action.UPDATE and entry.timestamp > at:
            for name, (old, _) in (entry.changes or {}).items():
                if name in state:
                    state[name] = None if old == "None" else old
    return state


def _existed(entries: list[LogEntry], at: datetime) -> bool:
    return all(entry.timestamp <= at for entry in entries if entry.action == LogEntry.Action.CREATE)


def _wrong_status(text: str, order: OrderThen) -> list[str]:
    named = [_LABELS[label] for label in _QUOTED.findall(text) if label in _LABELS]
    if not named or order.status in named:
        return []
    return [f"La réponse dit «\u00a0{named[0].label}\u00a0», la commande était «\u00a0{order.status.label}\u00a0»."]


def _wrong_dates(text: str, order: OrderThen, at: datetime) -> list[str]:
    known = {order.placed_on, order.shipped_on, order.delivered_on, order.credit_signed_on, order.withdrawal_ends}
    known.add(clock.paris_date(at))
    said = [(found.group(), _date_of(*found.groups())) for found in _DATE.finditer(text)]
    return [
        f"La réponse dit le {words}, qui n’est pas une date de cette commande." for words, d in said if d not in known
    ]


def _wrong_card(card: dict[str, Any], order: OrderThen) -> list[str]:
    truth = {"status": order.status.value, "shipped_on": order.shipped_on, "delivered_on": order.delivered_on}
    names = {"status": "le statut", "shipped_on": "la date d’expédition", "delivered_on": "la date de livraison"}
    return [
        f"La fiche montre pour {names[name]} autre chose que la commande."
        for name, value in truth.items()
        if (card.get(name) or None) != (value.isoformat() if isinstance(value, date) else value)
    ]


def _date_of(day: str, month: str, year: str) -> date | None:
    try:
        return date(int(year), _MONTHS.index(month) + 1, 1 if day == "1er" else int(day))
    except ValueError:
        return None


def _day(value: Any) -> date | None:
    """A day of Paris; auditlog keeps a moment as text, in UTC and without saying so."""
    if isinstance(value, str):
        parsed = parse_datetime(value)
        if parsed is None:
            return date.fromisoformat(value)
        value = parsed if parsed.tzinfo else parsed.replace(tzinfo=clock.UTC)
    return clock.paris_date(value) if isinstance(value, datetime) else value
