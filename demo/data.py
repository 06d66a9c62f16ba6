"""The demo records: one order or trade-in per situation. Times are relative to the moment of loading."""

import unicodedata
from dataclasses import dataclass, field
from datetime import timedelta

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
    """Times are durations before the loading. `shipped` and `delivered` are None if that has not happened yet."""

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
