"""The statuses of orders (ORD-2) and trade-ins (TRD-3), and their allowed transitions."""

from django.db.models import TextChoices


class OrderStatus(TextChoices):
    """The four statuses that a customer sees in « Mon compte » (ORD-2)."""

    PENDING = "pending", "En attente de validation"
    VALIDATED = "validated", "Validée"
    SHIPPED = "shipped", "Expédiée"
    CANCELLED = "cancelled", "Annulée"


class TradeInStatus(TextChoices):
    """The statuses of a trade-in; it can be cancelled until « shipped » (TRD-3)."""

    REGISTERED = "registered", "Enregistrée"
    SHIPPED = "shipped", "Expédiée"
    RECEIVED = "received", "Reçue"
    CANCELLED = "cancelled", "Annulée"


ORDER_TRANSITIONS: dict[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.PENDING: frozenset({OrderStatus.VALIDATED, OrderStatus.CANCELLED}),
    OrderStatus.VALIDATED: frozenset({OrderStatus.SHIPPED, OrderStatus.CANCELLED}),
    OrderStatus.SHIPPED: frozenset(),
    OrderStatus.CANCELLED: frozenset(),
}

TRADEIN_TRANSITIONS: dict[TradeInStatus, frozenset[TradeInStatus]] = {
    TradeInStatus.REGISTERED: frozenset({TradeInStatus.SHIPPED, TradeInStatus.CANCELLED}),
    TradeInStatus.SHIPPED: frozenset({TradeInStatus.RECEIVED}),
    TradeInStatus.RECEIVED: frozenset(),
    TradeInStatus.CANCELLED: frozenset(),
}


class InvalidTransition(ValueError):
    """The status may not change from the old one to the new one."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__(f"{old} → {new}: this change of status is not allowed")


def check_order_transition(old: OrderStatus, new: OrderStatus) -> None:
    """Raise InvalidTransition unless `new` may follow `old`."""
    if new not in ORDER_TRANSITIONS[old]:
        raise InvalidTransition(old.label, new.label)


def check_tradein_transition(old: TradeInStatus, new: TradeInStatus) -> None:
    """Raise InvalidTransition unless `new` may follow `old`."""
    if new not in TRADEIN_TRANSITIONS[old]:
        raise InvalidTransition(old.label, new.label)
