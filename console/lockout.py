"""Lock-out after wrong passwords: five lock the name at that address, twenty slow the address down (docs/security.md).

A name alone is never locked, because a stranger could lock its owner out; nor an address alone, because one colleague
could lock the office out. Unknown names are counted like known ones, so a refusal reveals nothing about a name.
"""

from datetime import timedelta
from math import ceil

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt, AccessLog
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chat.addresses import network
from shop import clock

# After this many wrong passwords, for any names, an address must wait for PAUSE after each attempt.
ADDRESS_FAILURES = 20
PAUSE = timedelta(seconds=30)
# A name that signed in from the address within this time does not have to wait.
KNOWN = timedelta(days=30)


class LockoutHandler(AxesDatabaseHandler):  # type: ignore[misc]
    """django-axes locks a name at an address (AXES_LOCKOUT_PARAMETERS); this adds a pause for the address."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, str] | None = None) -> bool:
        return super().is_locked(request, credentials) or bool(_pause_of(request, credentials))


def address_of(request: HttpRequest) -> str | None:
    """The client's address for counting (AXES_CLIENT_IP_CALLABLE): for IPv6, the first address of its /64."""
    return network(request.META.get("REMOTE_ADDR", "")).partition("/")[0] or None


def locked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """The response to too many attempts (AXES_LOCKOUT_CALLABLE). It does not reveal whether the name exists."""
    pause = _pause_of(request, None)
    wait = "une demi-minute" if pause else "15\u00a0minutes"
    message = f"Trop de mots de passe refusés depuis cette adresse. Réessayez dans {wait}."
    response = render(request, "console/error.html", {"message": message, "back": "", "bare": True}, status=429)
    response["Retry-After"] = str(ceil(pause.total_seconds()) if pause else 900)
    return response


def _pause_of(request: HttpRequest, credentials: dict[str, str] | None) -> timedelta:
    """How long this address must wait before its next attempt; zero if it need not."""
    address = request.axes_ip_address  # type: ignore[attr-defined]
    failures = AccessAttempt.objects.filter(ip_address=address, attempt_time__gte=get_cool_off_threshold(request))
    found = failures.aggregate(count=Sum("failures_since_start"), last=Max("attempt_time"))
    if (found["count"] or 0) < ADDRESS_FAILURES:
        return timedelta()
    name = get_client_username(request, credentials)
    known = AccessLog.objects.filter(username=name, ip_address=address, attempt_time__gte=clock.now() - KNOWN)
    return timedelta() if known.exists() else max(timedelta(), found["last"] + PAUSE - clock.now())
