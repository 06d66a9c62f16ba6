"""The content of the demo shop's pages: its products, and the demo orders in words."""

from typing import Any

from demo import records
from demo.data import ORDERS
from shop.models import OrderLine

PICTURES = {
    "casque": "headphones", "enceinte": "speaker", "montre": "watch", "coque": "case", "iphone": "phone",
    "galaxy": "phone", "ordinateur": "laptop", "téléviseur": "television", "console": "console",
    "aspirateur": "vacuum", "appareil photo": "camera", "station": "dock", "imprimante": "printer",
}  # fmt: skip
CASES = {
    "pending": "En attente de validation",
    "validated": "Validée",
    "shipped": "Expédiée il y a deux jours",
    "shipped_today": "Expédiée aujourd’hui",
    "cancelled": "Annulée",
    "delivered_recent": "Livrée récemment",
    "delivered_old": "Livrée il y a longtemps",
    "personalised": "Produit personnalisé",
    "refurbished": "Produit reconditionné",
    "credit_contract": "Achat à crédit",
    "second_of_shipped": "Deuxième commande du même client",
    "no_invoice": "Facture absente",
    "not_shipped": "Reprise pas encore envoyée",
}


def orders() -> list[dict[str, Any]]:
    """The demo orders and trade-ins, each with its case in words."""
    return [entry | {"case": _case(entry)} for entry in records.listing()]


def products() -> list[dict[str, Any]]:
    """The products of the demo orders."""
    # Only the demo orders: other customers' orders are private.
    numbers = [order.number for order in ORDERS]
    lines = OrderLine.objects.filter(order__number__in=numbers).select_related("order__seller").order_by("pk")[:8]
    return [
        {
            "name": line.product,
            "seller": line.order.seller.name,
            "price": line.unit_price,
            "refurbished": line.refurbished,
            "picture": picture_of(line.product),
        }
        for line in lines
    ]


def _case(entry: dict[str, Any]) -> str:
    label: str = entry["label"]
    if entry["kind"] == "tradein" and label == "shipped":
        return "Reprise déjà envoyée"
    return CASES.get(label, label)


def picture_of(product: str) -> str:
    """The static file with the drawing of a product."""
    found = next((picture for word, picture in PICTURES.items() if word in product.lower()), "box")
    return f"demo/product-{found}.svg"
