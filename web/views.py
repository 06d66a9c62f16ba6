"""The start page: what this is, how to talk to the bot, and the demo orders to try it with."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shop import demo


@require_safe
def start_page(request: HttpRequest) -> HttpResponse:
    return render(request, "web/start.html", {"entries": demo.listing(), "rasa_url": settings.RASA_URL})
