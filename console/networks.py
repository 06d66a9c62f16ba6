"""Restricts the console and the shop's admin to the team's networks, if CONSOLE_NETWORKS names any.

The client's address is uvicorn's, which takes it from the header of a trusted proxy (FORWARDED_ALLOW_IPS).
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from console.cidr import within

# The URL namespaces that are restricted.
RESTRICTED = {"console", "admin"}


class OnlyFromNetworks(MiddlewareMixin):
    """Answer 403 to requests from other networks for a page of RESTRICTED, the sign-in included."""

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        match, allowed = request.resolver_match, settings.CONSOLE_NETWORKS
        if not allowed or match is None or match.app_name not in RESTRICTED:
            return None
        address = request.META.get("REMOTE_ADDR", "")
        if within(address, allowed):
            return None
        return render(request, "console/elsewhere.html", {"address": address, "bare": True}, status=403)
