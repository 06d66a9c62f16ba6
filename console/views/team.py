"""The team's page, for the role « manage »: accounts, roles, links to choose a password, second factors, presence."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordChangeView, PasswordResetConfirmView
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from console import accounts, audit, flash, second_factor
from console.access import requires_role
from console.roles import ROLES
from console.views.base import user_of

# A customer reads it as « Vous parlez avec … », and a message is signed with it (chat.models.Message.author).
NAME_LENGTH = 40


class MemberForm(forms.Form):
    """The role and the first name of an account."""

    prenom = forms.CharField(label="Prénom, que lisent les clients", max_length=NAME_LENGTH, required=False)
    role = forms.ChoiceField(label="Rôle", choices=list(ROLES.items()))


class NewMemberForm(MemberForm):
    """A new account."""

    field_order = ("nom", "prenom", "role")
    nom = forms.CharField(
        label="Nom de connexion", max_length=NAME_LENGTH, validators=[User.username_validator],
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )  # fmt: skip

    def clean_nom(self) -> str:
        name: str = User.normalize_username(self.cleaned_data["nom"])
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError("Ce nom est déjà pris.")
        return name


@require_safe
@requires_role("manage")
def team(request: HttpRequest) -> HttpResponse:
    return _page(request, NewMemberForm())


@require_POST
@requires_role("manage")
def create(request: HttpRequest) -> HttpResponse:
    """Create the account; its link is shown once."""
    form = NewMemberForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=400)
    given = form.cleaned_data
    user = _decide(accounts.create, user_of(request), given["nom"], given["prenom"], given["role"])
    audit.record(request, "account_created", user, of=user.get_username(), role=ROLES[given["role"]])
    return _show_link(request, user)


@require_POST
@requires_role("manage")
def new_link(request: HttpRequest, pk: int) -> HttpResponse:
    """A link to choose another password, for a colleague who lost theirs."""
    user = _colleague(request, pk)
    if not user.is_active:
        raise Http404
    audit.record(request, "password_link", user, of=user.get_username())
    return _show_link(request, user)


@require_POST
@requires_role("manage")
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the role or the first name."""
    user, form = _colleague(request, pk), MemberForm(request.POST)
    if not form.is_valid():
        return _page(request, NewMemberForm(), status=400)
    before = {"prenom": user.first_name, "role": accounts.role_of(user)}
    if form.cleaned_data != before:
        given = form.cleaned_data
        _decide(accounts.change, user_of(request), user, given["prenom"], given["role"])
        audit.record(request, "account_changed", user, of=user.get_username(), role=ROLES[given["role"]])
        words = f"Le compte de {user.get_username()} est changé."
        flash.add(request, words, button="Annuler", action=request.path, fields=before)
    return redirect("console:team")


@require_POST
@requires_role("manage")
def set_open(request: HttpRequest, pk: int, is_open: bool) -> HttpResponse:
    """Close the account, or reopen it. The journal keeps its owner's actions under their name."""
    user = _colleague(request, pk)
    _decide(accounts.set_open, user_of(request), user, is_open)
    audit.record(request, "account_reopened" if is_open else "account_closed", user, of=user.get_username())
    words = f"Le compte de {user.get_username()} est {'rouvert' if is_open else 'fermé'}."
    opposite = reverse_lazy("console:close_account" if is_open else "console:reopen_account", args=[pk])
    flash.add(request, words, button="Annuler", action=str(opposite))
    return redirect("console:team")


@require_POST
@requires_role("manage")
def reset_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a colleague's second factor, so that they set up another one. For one's own, see « Mon compte »."""
    user = _colleague(request, pk)
    if second_factor.remove(user):
        audit.record(request, "second_factor_reset", user, of=user.get_username())
        flash.add(request, f"La double authentification de {user.get_username()} est réinitialisée.")
    return redirect("console:team")


@method_decorator(never_cache, name="dispatch")
class ChoosePassword(PasswordResetConfirmView):
    """The page of a link to choose a password. Django redirects, so that the form's URL does not contain the token."""

    template_name = "console/choose_password.html"
    success_url = reverse_lazy("console:sign_in")

    def get_user(self, uidb64: str) -> User | None:
        user: User | None = super().get_user(uidb64)
        return user if user and user.is_active and accounts.role_of(user) else None

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        user: User = form.user
        accounts.unlock(user)
        audit.record_of(self.request, "password_chosen", user)
        return answer


class ChangePassword(PasswordChangeView):
    """Change the user's own password; the account's other sessions end."""

    template_name = "console/change_password.html"
    success_url = reverse_lazy("console:account")

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        audit.record(self.request, "password_chosen")
        flash.add(self.request, "Votre mot de passe est changé. Vos autres sessions sont fermées.")
        return answer


choose_password = ChoosePassword.as_view()
change_password = requires_role("read")(ChangePassword.as_view())


def _page(request: HttpRequest, form: NewMemberForm, status: int = 200) -> HttpResponse:
    context = {"accounts": accounts.accounts(), "form": form, "roles": ROLES, "longest": NAME_LENGTH}
    return render(request, "console/team.html", context, status=status)


def _show_link(request: HttpRequest, user: User) -> HttpResponse:
    address = request.build_absolute_uri(accounts.link(user))
    return render(request, "console/account_link.html", {"member": user, "address": address})


def _colleague(request: HttpRequest, pk: int) -> User:
    """The account with this id, if this user may change it. Raises Http404, also for the user's own account."""
    found = next((user for user in accounts.others(user_of(request)) if user.pk == pk), None)
    if found is None:
        raise Http404
    return found


def _decide(act: Any, *arguments: Any) -> Any:
    try:
        return act(*arguments)
    except accounts.NoLonger as refused:
        raise PermissionDenied from refused
