"""An order as it was at a given moment.

Its records are registered with django-auditlog (shop/apps.py). A snapshot is the current state with every later change
undone.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, TypeVar

from auditlog.models import LogEntry
from django.db import models
from django.utils.dateparse import parse_datetime

from shop import clock
from shop.models import Order, Shipment
from shop.rules.withdrawal import withdrawal_deadline
from shop.status import OrderStatus

K = TypeVar("K", bound=Hashable)
# {(model, id): its audit log, latest entry first}
Changes = dict[tuple[type[models.Model], int], list[LogEntry]]


class Lookup(NamedTuple):
    """The order that this number and e-mail give access to, at this moment."""

    number: str
    email: str
    at: datetime


@dataclass(frozen=True)
class OrderSnapshot:
    """What the shop knew at `at`. Dates are in Paris."""

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


def snapshots(lookups: Mapping[K, Lookup]) -> dict[K, OrderSnapshot]:
    """The snapshot of each look-up with access to an order. The number of queries is constant."""
    if not lookups:
        return {}
    numbers = {lookup.number for lookup in lookups.values()}
    orders = Order.objects.select_related("customer", "seller", "shipment").prefetch_related("lines")
    found = {(order.number, order.customer.email): order for order in orders.filter(number__in=numbers)}
    changes = _changes(found.values())
    return {
        key: _snapshot(order, at, changes)
        for key, (number, email, at) in lookups.items()
        # An order that was created again since (like the demo's) has no state at that moment.
        if (order := found.get((number, email))) and _existed(changes[Order, order.pk], at)
    }


def _changes(orders: Iterable[Order]) -> Changes:
    orders = list(orders)
    shipments = [order.shipment for order in orders if hasattr(order, "shipment")]
    found: Changes = defaultdict(list)
    for model, records in ((Order, orders), (Shipment, shipments)):
        keys = [record.pk for record in records]
        entries = LogEntry.objects.get_for_model(model).filter(object_id__in=keys).order_by("-timestamp", "-pk")
        for entry in entries:
            found[model, entry.object_id].append(entry)
    return found


def _snapshot(order: Order, at: datetime, changes: Changes) -> OrderSnapshot:
    shipment = getattr(order, "shipment", None)
    state: dict[str, Any] = {"status": order.status, "credit_signed_on": order.credit_signed_on}
    state = _undone(changes[Order, order.pk], at, state)
    parcel: dict[str, Any] = {"shipped_at": None, "delivered_at": None}
    if shipment is not None and _existed(changes[Shipment, shipment.pk], at):
        parcel = {name: getattr(shipment, name) for name in parcel}
        parcel = _undone(changes[Shipment, shipment.pk], at, parcel)
    delivered, signed = _day(parcel["delivered_at"]), _day(state["credit_signed_on"])
    start = signed or delivered
    return OrderSnapshot(
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
    )


def _undone(entries: list[LogEntry], at: datetime, state: dict[str, Any]) -> dict[str, Any]:
    """The state with each change since `at` undone. `entries` start with the latest."""
    for entry in entries:
        if entry.action == LogEntry.Action.UPDATE and entry.timestamp > at:
            for name, (old, _) in (entry.changes or {}).items():
                if name in state:
                    state[name] = None if old == "None" else old
    return state


def _existed(entries: list[LogEntry], at: datetime) -> bool:
    return all(entry.timestamp <= at for entry in entries if entry.action == LogEntry.Action.CREATE)


def _day(value: Any) -> date | None:
    """A date in Paris. auditlog stores a moment as text, in UTC but without an offset."""
    if isinstance(value, str):
        parsed = parse_datetime(value)
        if parsed is None:
            return date.fromisoformat(value)
        value = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return clock.paris_date(value) if isinstance(value, datetime) else value
