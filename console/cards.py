"""An order card (shop/order_card.py) in French, for the transcript."""

from datetime import date
from typing import Any

from shop import formatting
from shop.status import OrderStatus

LABELS = {
    "number": "Commande",
    "product": "Produit",
    "seller": "Vendeur",
    "status": "Statut",
    "placed_on": "Passée le",
    "shipped_on": "Expédiée le",
    "delivered_on": "Livrée le",
    "carrier": "Transporteur",
    "tracking_number": "N° de suivi",
}


def in_words(card: dict[str, Any] | None) -> dict[str, str]:
    """{label: value} of the card. An unknown or damaged card shows what it can."""
    if not isinstance(card, dict):
        return {}
    shown = {label: _value(name, card.get(name)) for name, label in LABELS.items() if card.get(name)}
    right = card.get("withdrawal")
    if isinstance(right, dict) and right.get("last_day"):
        shown["Rétractation jusqu’au"] = _value("on", right["last_day"])
    if isinstance(right, dict) and right.get("credit_signed_on"):
        shown["Délai compté de la signature du crédit, le"] = _value("on", right["credit_signed_on"])
    return shown


def _value(name: str, value: Any) -> str:
    if name == "status":
        return str(OrderStatus(value).label) if value in OrderStatus.values else str(value)
    if name.endswith("on"):
        try:
            return formatting.long_date(date.fromisoformat(str(value)))
        except ValueError:
            return str(value)
    return str(value)
