"""Loads and lists the demo data, with dates relative to the moment of loading."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Model

from demo.data import ORDERS, TRADEINS, DemoOrder, DemoTradeIn, Person
from shop import access, clock
from shop.models import Customer, Order, OrderLine, Seller, Shipment, TradeIn


@transaction.atomic
def load() -> None:
    """Replace the demo records by new ones, dated from now, and clear the look-up locks. Other records stay."""
    Order.objects.filter(number__in=[order.number for order in ORDERS]).delete()
    TradeIn.objects.filter(number__in=[tradein.number for tradein in TRADEINS]).delete()
    for order in ORDERS:
        _create_order(order)
    for tradein in TRADEINS:
        _create_tradein(tradein)
    access.clear_locks()


def listing() -> list[dict[str, Any]]:
    """The demo records in the database, for `manage.py demo --json`. Dates are ISO 8601, in Paris."""
    orders = {
        o.number: o for o in Order.objects.select_related("customer", "seller", "shipment").prefetch_related("lines")
    }
    tradeins = {t.number: t for t in TradeIn.objects.select_related("customer")}
    entries = [_order_entry(d.label, orders[d.number]) for d in ORDERS if d.number in orders]
    return entries + [_tradein_entry(d.label, tradeins[d.number]) for d in TRADEINS if d.number in tradeins]


def _customer(person: Person) -> Customer:
    names = {"first_name": person.first_name, "last_name": person.last_name, "city": person.city}
    return Customer.objects.update_or_create(email=person.email, defaults=names)[0]


def _create_order(demo: DemoOrder) -> None:
    now = clock.now()
    placed_at = now - demo.placed
    order = Order(
        number=demo.number,
        customer=_customer(demo.owner),
        seller=Seller.objects.get_or_create(name=demo.seller)[0],
        status=demo.status,
        placed_at=placed_at,
        credit_signed_on=clock.paris_date(placed_at) if demo.credit_contract else None,
        invoice_available=demo.invoice_available,
    )
    _add(order)
    _add(OrderLine(order=order, product=demo.product, unit_price=Decimal(demo.price), **demo.line))
    if demo.shipped is not None:
        _add(
            Shipment(
                order=order,
                carrier=demo.carrier,
                tracking_number=demo.tracking_number,
                shipped_at=now - demo.shipped,
                delivered_at=now - demo.delivered if demo.delivered else None,
            )
        )


def _add(record: Model) -> None:
    """Save a record that passes the checks of the admin's forms."""
    record.full_clean()
    record.save()


def _create_tradein(demo: DemoTradeIn) -> None:
    now = clock.now()
    _add(
        TradeIn(
            number=demo.number,
            customer=_customer(demo.owner),
            device=demo.device,
            status=demo.status,
            placed_at=now - demo.placed,
            shipped_at=now - demo.shipped if demo.shipped else None,
        )
    )


def _day(moment: Any) -> str | None:
    return clock.paris_date(moment).isoformat() if moment else None


def _person(customer: Customer) -> dict[str, str]:
    return {key: getattr(customer, key) for key in ("email", "first_name", "last_name", "city")}


def _order_entry(label: str, order: Order) -> dict[str, Any]:
    shipment = getattr(order, "shipment", None)
    line = order.lines.all()[0]
    return {
        "label": label,
        "kind": "order",
        "number": order.number,
        **_person(order.customer),
        "status": order.get_status_display(),
        "product": line.product,
        "seller": order.seller.name,
        "carrier": shipment.carrier if shipment else None,
        "tracking_number": shipment.tracking_number if shipment else None,
        "placed_on": _day(order.placed_at),
        "shipped_on": _day(shipment.shipped_at) if shipment else None,
        "delivered_on": _day(shipment.delivered_at) if shipment else None,
        "personalised": line.personalised,
        "refurbished": line.refurbished,
        "credit_contract": order.credit_signed_on is not None,
    }


def _tradein_entry(label: str, tradein: TradeIn) -> dict[str, Any]:
    return {
        "label": label,
        "kind": "tradein",
        "number": tradein.number,
        **_person(tradein.customer),
        "status": tradein.get_status_display(),
        "product": tradein.device,
        "seller": None,
        "carrier": None,
        "tracking_number": None,
        "placed_on": _day(tradein.placed_at),
        "shipped_on": _day(tradein.shipped_at),
        "delivered_on": None,
        "personalised": False,
        "refurbished": False,
        "credit_contract": False,
    }
