"""Orders and trade-ins as they may be shown: only known and plausible values, as plain text.

Records come from sellers, carriers and feeds, and may contain anything. Replies, cards and the console read them only
through this module: a missing or implausible value is None, and is listed in `defects`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.db.models import TextChoices

from shop import clock
from shop.models import Order, Shipment, TradeIn
from shop.plain_text import known
from shop.rules import carriers
from shop.rules.tradein import CANCELLABLE
from shop.status import OrderStatus, TradeInStatus
from shop.validators import plausible

MAX_NAME, MAX_CARRIER = 100, 60
_NOT_SHIPPED = frozenset({OrderStatus.PENDING, OrderStatus.VALIDATED, OrderStatus.CANCELLED})

Status = TypeVar("Status", OrderStatus, TradeInStatus)


class Defect(TextChoices):
    """A missing or implausible value of a record, as the team reads it."""

    STATUS = "status", "statut inconnu, ou contredit par l’expédition"
    DATES = "dates", "dates impossibles"
    PRODUCTS = "products", "produits absents, ou quantité nulle"
    SELLER = "seller", "vendeur absent"
    CARRIER = "carrier", "transporteur absent"
    TRACKING_NUMBER = "tracking_number", "numéro de suivi illisible"
    TRACKING_URL = "tracking_url", "lien de suivi étranger au transporteur"


@dataclass(frozen=True)
class OrderRecord:
    """An order. Dates are days in Paris; `shipped_at` is an aware datetime.

    `is_personalised`: all its products are personalised; `returnable`: the names of those that are not.
    """

    number: str
    status: OrderStatus | None
    products: tuple[str, ...]
    personalised: tuple[str, ...]
    returnable: tuple[str, ...]
    is_personalised: bool
    is_refurbished: bool
    seller: str | None
    placed_on: date | None
    has_credit: bool
    credit_signed_on: date | None
    invoice_available: bool
    carrier: str | None
    tracking_number: str | None
    tracking_url: str | None
    shipped_at: datetime | None
    shipped_on: date | None
    delivered_on: date | None
    defects: tuple[Defect, ...]

    @property
    def withdrawal_start(self) -> date | None:
        """The day from which the withdrawal period counts: the signature of a credit contract, or the delivery."""
        return self.credit_signed_on if self.has_credit else self.delivered_on


@dataclass(frozen=True)
class TradeInRecord:
    """A trade-in; `shipped_on` is a day in Paris."""

    number: str
    status: TradeInStatus | None
    device: str | None
    shipped_on: date | None
    defects: tuple[Defect, ...]


def read_order(order: Order, shipment: Shipment | None, now: datetime) -> OrderRecord:
    """The order's checked values. `shipment`: its shipment, if any, at the aware datetime `now`."""
    read = _Reader(now)
    lines = [line for line in order.lines.all() if line.quantity > 0]
    names = [(line, name) for line in lines if (name := read.text(line.product, MAX_NAME, Defect.PRODUCTS))]
    read.note(Defect.PRODUCTS, not names or len(lines) < len(order.lines.all()))
    carrier = read.text(shipment.carrier, MAX_CARRIER, Defect.CARRIER) if shipment else None
    number = read.tracking_number(shipment.tracking_number) if shipment else None
    placed_on, shipped_on, delivered_on = read.days_in_order(
        order.placed_at, shipment.shipped_at if shipment else None, shipment.delivered_at if shipment else None
    )
    if shipment and shipment.tracking_url:
        read.note(Defect.TRACKING_URL, not carriers.is_tracking_url(shipment.tracking_url, shipment.carrier))
    return OrderRecord(
        number=order.number,
        status=read.status(OrderStatus, order.status, refused=_NOT_SHIPPED if shipment else frozenset()),
        products=tuple(name for _, name in names),
        personalised=tuple(name for line, name in names if line.personalised),
        returnable=tuple(name for line, name in names if not line.personalised),
        is_personalised=bool(lines) and all(line.personalised for line in lines),
        is_refurbished=any(line.refurbished for line in lines),
        seller=read.text(order.seller.name, MAX_NAME, Defect.SELLER),
        placed_on=placed_on,
        has_credit=order.credit_signed_on is not None,
        credit_signed_on=read.day(order.credit_signed_on),
        invoice_available=order.invoice_available,
        carrier=carrier,
        tracking_number=number,
        tracking_url=carriers.tracking_url(carrier, number) if carrier and number else None,
        shipped_at=shipment.shipped_at if shipment and shipped_on else None,
        shipped_on=shipped_on,
        delivered_on=delivered_on,
        defects=tuple(sorted(read.defects)),
    )


def read_tradein(tradein: TradeIn, now: datetime) -> TradeInRecord:
    """The trade-in's checked values at this aware datetime."""
    read = _Reader(now)
    _, shipped_on, _ = read.days_in_order(tradein.placed_at, tradein.shipped_at, None)
    return TradeInRecord(
        number=tradein.number,
        status=read.status(TradeInStatus, tradein.status, refused=CANCELLABLE if tradein.shipped_at else frozenset()),
        device=read.text(tradein.device, MAX_NAME, Defect.PRODUCTS),
        shipped_on=shipped_on,
        defects=tuple(sorted(read.defects)),
    )


class _Reader:
    """Reads single values, and collects the defects: those that are missing or implausible."""

    def __init__(self, now: datetime) -> None:
        self._today = clock.paris_date(now)
        self.defects: set[Defect] = set()

    def note(self, defect: Defect, is_defective: bool) -> None:
        if is_defective:
            self.defects.add(defect)

    def text(self, value: str | None, limit: int, defect: Defect) -> str | None:
        shown = known(value, limit)
        self.note(defect, shown is None)
        return shown

    def tracking_number(self, value: str) -> str | None:
        """The number, or None. An empty value is no defect, because a seller may communicate no number."""
        number = carriers.tracking_number(value)
        self.note(Defect.TRACKING_NUMBER, bool(value.strip()) and number is None)
        return number

    def status(self, statuses: type[Status], value: str, refused: frozenset[Status]) -> Status | None:
        status = statuses(value) if value in statuses.values and value not in refused else None
        self.note(Defect.STATUS, status is None)
        return status

    def day(self, value: date | datetime | None) -> date | None:
        """The day in Paris; None if it is in the future, or before the shop existed."""
        if value is None:
            return None
        day = clock.paris_day(value)
        is_plausible = plausible(day, self._today)
        self.note(Defect.DATES, not is_plausible)
        return day if is_plausible else None

    def days_in_order(self, *moments: datetime | None) -> list[date | None]:
        """The days of these moments, which must be ascending. If two are in the wrong order, both become None."""
        days = [self.day(moment) for moment in moments]
        wrong = {
            place
            for later, day in enumerate(days)
            for earlier, before in enumerate(days[:later])
            if day and before and before > day
            for place in (earlier, later)
        }
        self.note(Defect.DATES, bool(wrong))
        return [None if place in wrong else day for place, day in enumerate(days)]
