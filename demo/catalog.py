"""The content of the demo shop's pages: its products, and the demo orders as text."""

from datetime import date
from typing import Any

from django.utils.text import slugify

from demo import records
from demo.data import ORDERS
from shop.formatting import full_date
from shop.models import OrderLine
from shop.unicode import without_accents

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
    """The demo orders and trade-ins as template data: description, picture, dates in French, and what to try."""
    return [entry | _shown(entry) for entry in records.listing()]


def products(query: str = "") -> list[dict[str, Any]]:
    """The products of the demo orders; with a search text, those whose name or seller contains all its words."""
    # Only the demo orders: other customers' orders are private.
    numbers = [order.number for order in ORDERS]
    lines = OrderLine.objects.filter(order__number__in=numbers).select_related("order__seller").order_by("pk")
    found = [
        {
            "name": line.product,
            "slug": slugify(line.product),
            "seller": line.order.seller.name,
            "price": line.unit_price,
            "refurbished": line.refurbished,
            "picture": picture_of(line.product),
        }
        for line in lines
    ]
    words = without_accents(query).split()
    return [one for one in found if all(word in without_accents(f"{one['name']} {one['seller']}") for word in words)]


def _shown(entry: dict[str, Any]) -> dict[str, Any]:
    days = {f"{day}_in_words": _in_words(entry[f"{day}_on"]) for day in ("placed", "shipped", "delivered")}
    question = "où est mon colis" if entry["kind"] == "order" else "je veux annuler ma reprise"
    ask = f"{question} {entry['number']} {entry['email']}"
    # « Expédiée » is the shop's last status (ORD-2), also after the delivery; beside the day of the delivery, show
    # « Livrée ».
    status = "Livrée" if entry["delivered_on"] else entry["status"]
    return days | {"status": status, "case": _case(entry), "picture": picture_of(entry["product"]), "ask": ask}


def _in_words(iso: str | None) -> str:
    return full_date(date.fromisoformat(iso)) if iso else ""


def _case(entry: dict[str, Any]) -> str:
    label: str = entry["label"]
    if entry["kind"] == "tradein" and label == "shipped":
        return "Reprise déjà envoyée"
    return CASES.get(label, label)


def picture_of(product: str) -> str:
    """The static file with the drawing of a product."""
    found = next((picture for word, picture in PICTURES.items() if word in product.lower()), "box")
    return f"demo/product-{found}.svg"
