"""The demo shop: products, an account with the demo orders, contacts, and legal pages; all with the chat."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from demo import catalog
from shop import contacts

# How many products the first page shows.
RECENT = 8
MAX_QUERY = 100


@require_safe
def shop_page(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/shop.html", {"entries": catalog.orders(), "products": catalog.products()[:RECENT]})


@require_safe
def products_page(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "")[:MAX_QUERY]
    return render(request, "demo/products.html", {"query": query, "products": catalog.products(query)})


@require_safe
def product_page(request: HttpRequest, slug: str) -> HttpResponse:
    product = next((one for one in catalog.products() if one["slug"] == slug), None)
    if product is None:
        raise Http404
    return render(request, "demo/product.html", {"product": product})


@require_safe
def account_page(request: HttpRequest) -> HttpResponse:
    """The target of the chat's links to « Mon compte »: the demo orders, without a sign-in."""
    return render(request, "demo/account.html", {"entries": _orders()})


@require_safe
def order_page(request: HttpRequest, number: str) -> HttpResponse:
    return render(request, "demo/order.html", {"order": _order(number)})


@require_safe
def picture(request: HttpRequest, number: str) -> HttpResponse:
    """The drawing of an order's product, for the chat's card."""
    return redirect(static(catalog.picture_of(_order(number)["product"])))


def _order(number: str) -> dict[str, Any]:
    found = next((entry for entry in _orders() if entry["number"] == number), None)
    if found is None:
        raise Http404
    return found


def _orders() -> list[dict[str, Any]]:
    return [entry for entry in catalog.orders() if entry["kind"] == "order"]


@require_safe
def contact_page(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/contact.html", {"contacts": contacts})


@require_safe
def legal_page(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/legal.html", {"contacts": contacts})


@require_safe
def privacy_page(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/privacy.html", {"contacts": contacts})
