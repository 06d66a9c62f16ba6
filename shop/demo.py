"""The demo data: one order or trade-in for each situation, with dates relative to the moment it is loaded."""

import unicodedata
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from shop import access, clock
from shop.models import Customer, Order, OrderLine, Seller, Shipment, TradeIn
from shop.status import OrderStatus, TradeInStatus


@dataclass(frozen=True)
class Person:
    first_name: str
    last_name: str
    city: str

    @property
    def email(self) -> str:
        plain = unicodedata.normalize("NFKD", f"{self.first_name}.{self.last_name}").encode("ascii", "ignore").decode()
        return f"{plain.replace(' ', '')}@example.com".lower()


@dataclass(frozen=True)
class DemoOrder:
    """Moments are ages before loading; `shipped` and `delivered` None: not yet."""

    label: str
    number: str
    owner: Person
    product: str
    price: str
    seller: str
    status: OrderStatus
    placed: timedelta
    carrier: str = ""
    tracking_number: str = ""
    shipped: timedelta | None = None
    delivered: timedelta | None = None
    invoice_available: bool = True
    credit_contract: bool = False
    line: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class DemoTradeIn:
    label: str
    number: str
    owner: Person
    device: str
    status: TradeInStatus
    placed: timedelta
    shipped: timedelta | None = None


def days(count: float) -> timedelta:
    return timedelta(days=count)


CAMILLE = Person("Camille", "Durand", "Lyon")

ORDERS = [
    DemoOrder(
        "pending",
        "PX48201937",
        Person("Nadia", "Benali", "Marseille"),
        "Casque sans fil Sony WH-CH720N",
        "89.90",
        "Pixmania",
        OrderStatus.PENDING,
        days(0.2),
        invoice_available=False,
    ),
    DemoOrder(
        "validated",
        "PX48203115",
        Person("Hugo", "Lefevre", "Lille"),
        "Console Nintendo Switch OLED",
        "309.00",
        "TechnoPlus",
        OrderStatus.VALIDATED,
        days(2),
    ),
    DemoOrder(
        "shipped",
        "PX48207264",
        CAMILLE,
        "Aspirateur robot Roborock Q7",
        "279.00",
        "Maison Connectée",
        OrderStatus.SHIPPED,
        days(5),
        "Colissimo",
        "8R00482072641",
        days(2),
    ),
    DemoOrder(
        "shipped_today",
        "PX48209580",
        Person("Moussa", "Diallo", "Nantes"),
        "Enceinte JBL Charge 5",
        "139.00",
        "SonoShop",
        OrderStatus.SHIPPED,
        days(3),
        "Chronopost",
        "XY482095803FR",
        timedelta(hours=2),
    ),
    DemoOrder(
        "cancelled",
        "PX48211346",
        Person("Claire", "Moreau", "Rennes"),
        "Montre connectée Garmin Venu 3",
        "399.00",
        "Pixmania",
        OrderStatus.CANCELLED,
        days(8),
        invoice_available=False,
    ),
    DemoOrder(
        "delivered_recent",
        "PX48214092",
        Person("Paul", "Girard", "Bordeaux"),
        "Téléviseur Samsung 50 pouces",
        "449.00",
        "ImageMarket",
        OrderStatus.SHIPPED,
        days(9),
        "DPD",
        "250482140921",
        days(7),
        days(5),
    ),
    DemoOrder(
        "delivered_old",
        "PX48216758",
        Person("Jeanne", "Roux", "Toulouse"),
        "Appareil photo Canon EOS R50",
        "729.00",
        "PhotoDirect",
        OrderStatus.SHIPPED,
        days(52),
        "UPS",
        "1Z482167580392",
        days(50),
        days(47),
    ),
    DemoOrder(
        "personalised",
        "PX48218423",
        Person("Inès", "Garcia", "Nice"),
        "Coque gravée à votre prénom",
        "29.90",
        "Atelier Gravure",
        OrderStatus.SHIPPED,
        days(10),
        "Colissimo",
        "8R00482184237",
        days(7),
        days(4),
        line={"personalised": True},
    ),
    DemoOrder(
        "refurbished",
        "PX48221679",
        Person("Lucas", "Bernard", "Strasbourg"),
        "iPhone 13 128 Go reconditionné",
        "359.00",
        "SecondeVie",
        OrderStatus.SHIPPED,
        days(11),
        "Chronopost",
        "XY482216795FR",
        days(8),
        days(6),
        line={"refurbished": True},
    ),
    DemoOrder(
        "credit_contract",
        "PX48223301",
        Person("Sophie", "Petit", "Dijon"),
        "Ordinateur portable Asus Zenbook 14",
        "999.00",
        "Pixmania",
        OrderStatus.SHIPPED,
        days(9),
        "GLS",
        "482233019",
        days(7),
        days(4),
        credit_contract=True,
    ),
    DemoOrder(
        "second_of_shipped",
        "PX48225817",
        CAMILLE,
        "Station d’accueil USB-C Anker",
        "59.90",
        "TechnoPlus",
        OrderStatus.VALIDATED,
        days(1),
    ),
    DemoOrder(
        "no_invoice",
        "PX48228146",
        Person("Yves", "Le Goff", "Brest"),
        "Imprimante Epson EcoTank",
        "219.00",
        "BureauPro",
        OrderStatus.SHIPPED,
        days(13),
        "Mondial Relay",
        "48228146",
        days(10),
        days(7),
        invoice_available=False,
    ),
]

TRADEINS = [
    DemoTradeIn(
        "not_shipped",
        "RP70112233",
        Person("Élodie", "Marchand", "Grenoble"),
        "iPhone 11 64 Go",
        TradeInStatus.REGISTERED,
        days(3),
    ),
    DemoTradeIn(
        "shipped",
        "RP70114458",
        Person("Karim", "Haddad", "Montpellier"),
        "Samsung Galaxy S21",
        TradeInStatus.SHIPPED,
        days(9),
        days(4),
    ),
]


@transaction.atomic
def load() -> None:
    """Replace the demo records by fresh ones, dated from now, and clear the look-up locks. Other records stay."""
    Order.objects.filter(number__in=[order.number for order in ORDERS]).delete()
    TradeIn.objects.filter(number__in=[tradein.number for tradein in TRADEINS]).delete()
    for order in ORDERS:
        _create_order(order)
    for tradein in TRADEINS:
        _create_tradein(tradein)
    access.clear_locks()


def listing() -> list[dict[str, Any]]:
    """The demo records that are in the database, for `manage.py demo --json`; days are ISO 8601, in Paris."""
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
    order = Order.objects.create(
        number=demo.number,
        customer=_customer(demo.owner),
        seller=Seller.objects.get_or_create(name=demo.seller)[0],
        status=demo.status,
        placed_at=placed_at,
        credit_signed_on=clock.paris_date(placed_at) if demo.credit_contract else None,
        invoice_available=demo.invoice_available,
    )
    OrderLine.objects.create(order=order, product=demo.product, unit_price=Decimal(demo.price), **demo.line)
    if demo.shipped is not None:
        Shipment.objects.create(
            order=order,
            carrier=demo.carrier,
            tracking_number=demo.tracking_number,
            tracking_url=f"https://suivi.example.com/{demo.tracking_number}",
            shipped_at=now - demo.shipped,
            delivered_at=now - demo.delivered if demo.delivered else None,
        )


def _create_tradein(demo: DemoTradeIn) -> None:
    now = clock.now()
    TradeIn.objects.create(
        number=demo.number,
        customer=_customer(demo.owner),
        device=demo.device,
        status=demo.status,
        placed_at=now - demo.placed,
        shipped_at=now - demo.shipped if demo.shipped else None,
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
