"""Access control of the console's pages by role.

Threats: someone without an account; an agent who exceeds their role; a stolen password (the second factor); a page that
stays in the cache of a shared computer.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from auditlog.context import set_actor
from django.contrib.auth import get_user, logout
from django.contrib.auth.signals import user_logged_in
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRedirect
from django_otp import user_has_device

from console import returning
from console.roles import has_role
from console.second_factor import required_of
from console.training import added
from shop import clock

View = Callable[..., HttpResponseBase]
# A session ends after a working day, even if it is in use.
MAX_SESSION = timedelta(hours=12)
# The session's key for the moment of the sign-in, in seconds since 1970.
_SINCE = "since"


def requires_role(role: str, *, setting_up: bool = False, background: bool = False) -> Callable[[View], View]:
    """Require at least this role: "read", "review" or "manage"; and a session, with the second factor if there is one.

    `setting_up`: admit users who must still set up their second factor. `background`: the page calls this by itself, so
    it does not keep the session alive.
    """

    def decorate(view: View) -> View:
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            if not user.is_authenticated:
                return _sign_in(request)
            if _too_old(request):
                logout(request)
                return _sign_in(request)
            if _lacks_code(request, setting_up):
                return _sign_in(request)
            if not has_role(user, role):
                raise PermissionDenied
            # Saving the session restarts its two hours (SESSION_COOKIE_AGE).
            request.session.modified |= not background
            added.refresh()
            with set_actor(user, request.META.get("REMOTE_ADDR")):
                response = view(request, *args, **kwargs)
            if request.htmx and isinstance(response, HttpResponseRedirect):  # type: ignore[attr-defined]
                # htmx would insert the target into the page; this makes the browser load it instead.
                response = HttpResponseClientRedirect(response.url)
            if request.htmx and request.htmx.boosted:  # type: ignore[attr-defined]
                # Keep the page's URL: the button's own URL is no page, so a reload would fail.
                response["HX-Push-Url"] = "false"
            response["Cache-Control"] = "no-store"
            return response

        return guarded

    return decorate


def admits(request: HttpRequest, role: str) -> bool:
    """The same rule for a stream, which cannot redirect to the sign-in."""
    return not (request.user.is_anonymous or _too_old(request) or _lacks_code(request)) and has_role(request.user, role)


def still_admits(request: HttpRequest, role: str) -> bool:
    """Whether the session and the account, as stored now, still allow an open stream."""
    request.session = type(request.session)(request.session.session_key)
    user: Any = get_user(request)
    return not (user.is_anonymous or _too_old(request)) and has_role(user, role)


def _lacks_code(request: HttpRequest, setting_up: bool = False) -> bool:
    """Whether the second factor is missing: the user gave only a password and needs a code."""
    user: Any = request.user
    return not user.is_verified() and (user_has_device(user) or (required_of(user) and not setting_up))


def _too_old(request: HttpRequest) -> bool:
    """Whether the password was given longer ago than MAX_SESSION."""
    since: float = request.session.get(_SINCE, 0)
    return clock.now().timestamp() - since > MAX_SESSION.total_seconds()


@receiver(user_logged_in)
def _signed_in(request: HttpRequest, **_: Any) -> None:
    request.session[_SINCE] = clock.now().timestamp()


def _sign_in(request: HttpRequest) -> HttpResponseBase:
    """Redirect to the sign-in or the second factor, and afterwards back to the page (console/returning.py)."""
    if request.htmx and request.resolver_match and request.resolver_match.url_name == "presence":  # type: ignore[attr-defined]
        # The page sends this request itself every few seconds, and a redirect would lose a half-written note.
        return render(request, "console/_session_ended.html")
    page = returning.page_of(request)
    returning.keep(request, page)
    if request.user.is_authenticated:
        request.session[returning.NEXT] = page
        answer = redirect("console:second_factor" if user_has_device(request.user) else "console:enrol")
    elif page == reverse("console:threads"):  # the page that is shown after a sign-in anyway
        answer = redirect("console:sign_in")
    else:
        answer = redirect_to_login(page, reverse("console:sign_in"))
    return HttpResponseClientRedirect(answer.url) if request.htmx else answer  # type: ignore[attr-defined]
