"""The order of a conversation as it was at a given minute, and where a reply says something else.

The shop's records are registered with django-auditlog (shop/apps.py): the state of a minute is today's, with every
change that was made since undone.
"""

import re
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
    withdrawal_ends: date | None
    customer: tuple[str, ...]


def at_minute(turn: Turn) -> OrderThen | None:
    """The order that this turn's number and e-mail open, as it was then; None when they open none."""
    number, email = turn.slots.get("order_number"), turn.slots.get("email")
    if not number or not email:
        return None
    orders = Order.objects.select_related("customer", "seller", "shipment").prefetch_related("lines")
    order = orders.filter(number=number, customer__email=str(email).strip().lower()).first()
    return _then(order, turn.at) if order else None


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


def _then(order: Order, at: datetime) -> OrderThen:
    shipment = getattr(order, "shipment", None)
    state = _undone(order, at, {"status": order.status, "credit_signed_on": order.credit_signed_on})
    parcel: dict[str, Any] = {"shipped_at": None, "delivered_at": None}
    if shipment is not None and _existed(shipment, at):
        parcel = _undone(shipment, at, {name: getattr(shipment, name) for name in parcel})
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
        withdrawal_deadline(start) if start else None,
        (order.customer.first_name, order.customer.last_name),
    )


def _undone(record: models.Model, at: datetime, state: dict[str, Any]) -> dict[str, Any]:
    """The state with each change since `at` undone, the latest first."""
    changes = LogEntry.objects.get_for_object(record).filter(timestamp__gt=at, action=LogEntry.Action.UPDATE)
    for entry in changes.order_by("-timestamp", "-pk"):
        for name, (old, _) in (entry.changes or {}).items():
            if name in state:
                state[name] = None if old == "None" else old
    return state


def _existed(shipment: Shipment, at: datetime) -> bool:
    made = LogEntry.objects.get_for_object(shipment).filter(action=LogEntry.Action.CREATE).first()
    return made is None or made.timestamp <= at


def _wrong_status(text: str, order: OrderThen) -> list[str]:
    named = [_LABELS[label] for label in _QUOTED.findall(text) if label in _LABELS]
    if not named or order.status in named:
        return []
    return [f"La réponse dit «\u00a0{named[0].label}\u00a0», la commande était «\u00a0{order.status.label}\u00a0»."]


def _wrong_dates(text: str, order: OrderThen, at: datetime) -> list[str]:
    known = {order.placed_on, order.shipped_on, order.delivered_on, order.withdrawal_ends, clock.paris_date(at)}
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
