"""The pages of the second factor: ask for a code, set it up, remove it."""

from base64 import b32encode

import segno
from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login, user_has_device
from django_otp.plugins.otp_totp.models import TOTPDevice

from console import audit, returning, second_factor
from console.access import requires_role
from console.views.base import user_of


class CodeForm(forms.Form):
    """Six digits, or a recovery code; the blanks that some apps show between the digits are ignored."""

    code = forms.CharField(
        label="Code à six chiffres", max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "autofocus": True}),
    )  # fmt: skip

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for the code after the password. django-otp throttles wrong guesses."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            login(request, second_factor.verify(user_of(request), form.cleaned_data["code"]))
            return redirect(request.session.pop(returning.NEXT, "console:threads"))
        except second_factor.Refused as fault:
            form.add_error("code", str(fault))
    return render(request, "console/second_factor.html", {"form": form, "bare": True})


@require_http_methods(["GET", "POST"])
@requires_role("read", setting_up=True)
def enrol(request: HttpRequest) -> HttpResponse:
    """Set up the second factor: a key to scan, then a first code as proof, then the recovery codes, shown once."""
    user = user_of(request)
    waiting = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    device = waiting or TOTPDevice.objects.create(user=user, confirmed=False, name="console")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = second_factor.confirm(device, form.cleaned_data["code"])
            login(request, device)
            audit.record(request, "second_factor", set=True)
            return _codes(request, codes)
        except second_factor.Refused as fault:
            form.add_error("code", str(fault))
    context = {
        "form": form,
        "picture": segno.make(device.config_url).svg_data_uri(scale=5, border=2, light="white"),
        "key": _key(device),
        # Until the second factor is set up, no other page opens, so this page has no menu.
        "bare": second_factor.required_of(user) and not user_has_device(user),
    }
    return render(request, "console/enrol.html", context)


@require_POST
@requires_role("read")
def renew_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes in place of the earlier ones; only for those who have a second factor."""
    user = user_of(request)
    if not user_has_device(user):
        return redirect("console:account")
    audit.record(request, "second_factor", codes=True)
    return _codes(request, second_factor.renewed_codes(user))


@require_POST
@requires_role("read")
def leave(request: HttpRequest) -> HttpResponse:
    """Remove the second factor, unless the role requires it."""
    user = user_of(request)
    if not second_factor.required_of(user) and second_factor.remove(user):
        audit.record(request, "second_factor", set=False)
    return redirect("console:account")


def _codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    return render(request, "console/recovery_codes.html", {"codes": codes})


def _key(device: TOTPDevice) -> str:
    """The key in groups of four letters, for users who type it."""
    letters = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(letters[i : i + 4] for i in range(0, len(letters), 4))
