"""Signing in and out, and the agent's own page."""

from urllib.parse import urlsplit

from axes.decorators import axes_dispatch
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe
from django_otp import user_has_device

from console import returning, second_factor
from console.access import requires_role
from console.views.base import user_of


@method_decorator(axes_dispatch, name="dispatch")
class SignIn(LoginView):
    template_name = "console/sign_in.html"
    redirect_authenticated_user = True

    def get_redirect_url(self) -> str:
        """The page to return to; empty if it is not a page of the console, because a link can name any page."""
        asked: str = super().get_redirect_url()
        return asked if returning.is_page(urlsplit(asked).path) else ""


sign_in = SignIn.as_view()
sign_out = LogoutView.as_view()


@require_safe
@requires_role("read")
def account(request: HttpRequest) -> HttpResponse:
    """The user's own page: role, second factor, session."""
    user = user_of(request)
    context = {
        "has_device": user_has_device(user),
        "codes_left": second_factor.codes_left(user),
        "required": second_factor.required_of(user),
    }
    return render(request, "console/account.html", context)
