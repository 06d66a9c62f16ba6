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
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django_otp import user_has_device

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
                return redirect("console:second_factor")
            if not has_role(user, role):
                raise PermissionDenied
            with set_actor(user, request.META.get("REMOTE_ADDR")):
                response = view(request, *args, **kwargs)
            response["Cache-Control"] = "no-store"
            return response

        return guarded

    return decorate


def _sign_in(request: HttpRequest) -> HttpResponseBase:
    """Redirect to the sign-in page; for a request by htmx, redirect the whole page."""
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("console:sign_in")})
    return redirect_to_login(request.get_full_path(), reverse("console:sign_in"))
