"""Access control of the console's pages by role.

Threats: someone without an account; an agent who exceeds their role; a stolen password (the second factor); a page that
stays in the cache of a shared computer.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from auditlog.context import set_actor
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRedirect
from django_otp import user_has_device

from console import returning
from console.roles import has_role

View = Callable[..., HttpResponseBase]


def requires_role(role: str) -> Callable[[View], View]:
    """Require at least this role: "read", "review" or "manage"."""

    def decorate(view: View) -> View:
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            if not user.is_authenticated:
                return _sign_in(request)
            if user_has_device(user) and not user.is_verified():  # type: ignore[attr-defined]
                return _sign_in(request)
            if not has_role(user, role):
                raise PermissionDenied
            with set_actor(user, request.META.get("REMOTE_ADDR")):
                response = view(request, *args, **kwargs)
            if request.htmx and isinstance(response, HttpResponseRedirect):  # type: ignore[attr-defined]
                # htmx would follow it inside the page: the browser is to load it as a page.
                response = HttpResponseClientRedirect(response.url)
            response["Cache-Control"] = "no-store"
            return response

        return guarded

    return decorate


def _sign_in(request: HttpRequest) -> HttpResponseBase:
    """Lead the whole page to the sign-in, or to the second factor, and then back (console/returning.py)."""
    if request.resolver_match and request.resolver_match.url_name == "presence":
        # Sent by the page itself every few seconds: it must not take a half-written note away.
        return render(request, "console/_session_ended.html")
    page = returning.page_of(request)
    returning.keep(request, page)
    if request.user.is_authenticated:
        request.session[returning.NEXT] = page
        answer = redirect("console:second_factor")
    elif page == reverse("console:threads"):  # which follows a sign-in anyway
        answer = redirect("console:sign_in")
    else:
        answer = redirect_to_login(page, reverse("console:sign_in"))
    return HttpResponseClientRedirect(answer.url) if request.htmx else answer  # type: ignore[attr-defined]
