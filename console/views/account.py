"""Signing in and out, and the optional second factor (TOTP codes of an authenticator app)."""

import segno
from axes.decorators import axes_dispatch
from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_otp import devices_for_user, login, match_token
from django_otp.plugins.otp_totp.models import TOTPDevice

from console import audit, returning
from console.access import requires_role
from console.views.base import user_of

WRONG_CODE = "Ce code n’est pas le bon. Attendez le suivant et réessayez."


@method_decorator(axes_dispatch, name="dispatch")
class SignIn(LoginView):
    template_name = "console/sign_in.html"
    redirect_authenticated_user = True


sign_in = SignIn.as_view()
sign_out = LogoutView.as_view()


class CodeForm(forms.Form):
    """Six digits; the blanks that some apps show between them are ignored."""

    code = forms.CharField(
        label="Code à six chiffres", max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}),
    )  # fmt: skip

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the code after the password. django-otp throttles wrong guesses."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        device = match_token(user_of(request), form.cleaned_data["code"])
        if device is not None:
            login(request, device)
            return redirect(request.session.pop(returning.NEXT, "console:threads"))
        form.add_error("code", WRONG_CODE)
    return render(request, "console/second_factor.html", {"form": form})


@require_safe
@requires_role("read")
def account(request: HttpRequest) -> HttpResponse:
    """The user's own page: role, second factor, keyboard shortcuts."""
    return render(request, "console/account.html", {"has_device": any(devices_for_user(user_of(request)))})


@require_http_methods(["GET", "POST"])
@requires_role("read")
def enrol(request: HttpRequest) -> HttpResponse:
    """Set up the second factor: a key to scan, then a first code as proof."""
    user = user_of(request)
    device, _ = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "console"})
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if device.verify_token(form.cleaned_data["code"]):
            TOTPDevice.objects.filter(user=user, confirmed=True).delete()
            device.confirmed = True
            device.save()
            login(request, device)
            audit.record(request, "second_factor", set=True)
            return redirect("console:account")
        form.add_error("code", WRONG_CODE)
    picture = segno.make(device.config_url).svg_data_uri(scale=5, border=2, light="white")
    return render(request, "console/enrol.html", {"form": form, "picture": picture, "key": _key(device)})


@require_http_methods(["POST"])
@requires_role("read")
def leave_second_factor(request: HttpRequest) -> HttpResponse:
    TOTPDevice.objects.filter(user=user_of(request)).delete()
    audit.record(request, "second_factor", set=False)
    return redirect("console:account")


def _key(device: TOTPDevice) -> str:
    """The key in groups of four, for typing."""
    from base64 import b32encode

    letters = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(letters[i : i + 4] for i in range(0, len(letters), 4))
