"""An order as it was at a given moment.

django-auditlog records every change of it (shop/apps.py). A snapshot is the current state, with all later changes
undone.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, TypeVar

from auditlog.models import LogEntry
from django.db import models
from django.utils.dateparse import parse_datetime

from shop.models import Order, Shipment
from shop.records import OrderRecord, read_order
from shop.rules.withdrawal import withdrawal_deadline

K = TypeVar("K", bound=Hashable)
R = TypeVar("R", Order, Shipment)
# {(model, id): its audit log, latest entry first}
Changes = dict[tuple[type[models.Model], int], list[LogEntry]]


class SnapshotRequest(NamedTuple):
    """The order that this number and e-mail give access to, at this moment."""

    number: str
    email: str
    at: datetime


@dataclass(frozen=True)
class OrderSnapshot:
    """The order's record as it was at `at`, and its last day to withdraw as of then."""

    at: datetime
    order: OrderRecord
    withdrawal_ends: date | None


def snapshots(requests: Mapping[K, SnapshotRequest]) -> dict[K, OrderSnapshot]:
    """The snapshot of each request with access to an order. The number of queries is constant."""
    if not requests:
        return {}
    numbers = {request.number for request in requests.values()}
    orders = Order.objects.select_related("customer", "seller", "shipment").prefetch_related("lines")
    found = {(order.number, order.customer.email): order for order in orders.filter(number__in=numbers)}
    changes = _changes(found.values())
    return {
        key: _snapshot(order, at, changes)
        for key, (number, email, at) in requests.items()
        # An order that was created later (`demo --load` creates them again) has no state at that moment.
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
    if shipment is not None:
        existed = _existed(changes[Shipment, shipment.pk], at)
        shipment = _undone(changes[Shipment, shipment.pk], at, shipment) if existed else None
    record = read_order(_undone(changes[Order, order.pk], at, order), shipment, at)
    start = record.withdrawal_start
    return OrderSnapshot(at, record, withdrawal_deadline(start) if start else None)


def _undone(entries: list[LogEntry], at: datetime, record: R) -> R:
    """A copy of the record with each change since `at` undone. `entries` start with the latest."""
    then = copy(record)
    for entry in entries:
        if entry.action == LogEntry.Action.UPDATE and entry.timestamp > at:
            for name, (old, _) in (entry.changes or {}).items():
                if name in _REPLY_FIELDS:
                    setattr(then, name, _REPLY_FIELDS[name](old) if old != "None" else None)
    return then


def _existed(entries: list[LogEntry], at: datetime) -> bool:
    return all(entry.timestamp <= at for entry in entries if entry.action == LogEntry.Action.CREATE)


def _moment(text: str) -> datetime | None:
    """Parse a moment, which auditlog stores as text in UTC, without an offset."""
    parsed = parse_datetime(text)
    return parsed.replace(tzinfo=parsed.tzinfo or UTC) if parsed else None


# The fields that replies use, and how to parse them from auditlog's text.
_REPLY_FIELDS: dict[str, Callable[[str], Any]] = {
    "status": str,
    "credit_signed_on": date.fromisoformat,
    "carrier": str,
    "tracking_number": str,
    "tracking_url": str,
    "shipped_at": _moment,
    "delivered_at": _moment,
}
