"""The shop's admin, which needs the second factor too: its users can set every agent's password."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_otp import user_has_device

from console.second_factor import required_of


class AdminSite(admin.AdminSite):
    """Open to users who signed in to the console with their second factor."""

    def has_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return super().has_permission(request) and (
            user.is_verified() or not (user_has_device(user) or required_of(user))
        )

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirect to the console's sign-in; or, after the password, to « Mon compte » for the second factor."""
        if request.user.is_authenticated:
            return redirect("console:account")
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"), reverse("console:sign_in"))
