"""The demo shop: a page with the chat widget, the contacts, and the privacy notice."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from demo import catalog
from shop import contacts


@require_safe
def shop_page(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/shop.html", {"entries": catalog.orders(), "products": catalog.products()})


@require_safe
def contact_page(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/contact.html", {"contacts": contacts})


@require_safe
def privacy_page(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/privacy.html", {"contacts": contacts})
