"""The team's accounts: users with the role « manage » create, change, close and reopen them.

Only the owner of an account knows its password.

At least one open account always has this role: users cannot change their own account, and the acting user's role is
checked under a lock when the change is saved (`_as_manager`). So two users who close each other's account at the same
time cannot both succeed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from axes.utils import reset as forget_wrong_passwords
from django.contrib.auth.models import Group, User
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django_otp.plugins.otp_totp.models import TOTPDevice

from chat import team
from chat.models import AgentPresence
from console import second_factor
from console.roles import ROLES, has_role


class NoLonger(Exception):
    """The acting user does not have the role « manage » any more."""


@dataclass(frozen=True)
class Account:
    """A row of the page. `role`: a key of ROLES.

    `seen_at`: the last heartbeat of the owner's inbox; None while it is closed. `takes`: whether the owner takes new
    conversations. `answers`: the number of conversations that the owner answers now.
    """

    user: User
    role: str
    has_device: bool
    needs_device: bool
    seen_at: datetime | None
    takes: bool
    answers: int

    @property
    def role_name(self) -> str:
        return ROLES[self.role]

    @property
    def invited(self) -> bool:
        """Whether the owner has not chosen a password yet."""
        return not self.user.has_usable_password()

    @property
    def is_changeable(self) -> bool:
        """Whether the role « manage » may change the account: not if it can sign in to /admin/, which allows more."""
        return not self.user.is_superuser and not self.user.is_staff


def accounts() -> list[Account]:
    """Every account with a role, the closed ones last."""
    with_device = set(TOTPDevice.objects.filter(confirmed=True).values_list("user", flat=True))
    present = {one.user_id: one for one in team.present()}
    held = team.with_team().filter(agent__isnull=False).values_list("agent").annotate(Count("pk")).order_by()
    answers = dict(held)
    users = User.objects.prefetch_related("groups").order_by("-is_active", "username")
    return [
        Account(
            user,
            role,
            user.pk in with_device,
            second_factor.required_of(user),
            present[user.pk].seen_at if user.pk in present else None,
            user.pk in present and present[user.pk].available,
            answers.get(user.pk, 0),
        )
        for user in users
        if (role := role_of(user))
    ]


def role_of(user: User) -> str:
    """The highest of the account's roles, also while it is closed; empty without any."""
    if user.is_superuser:
        return "manage"
    groups = {group.name for group in user.groups.all()}
    return next((role for role, name in reversed(ROLES.items()) if name in groups), "")


def others(actor: User) -> list[User]:
    """The accounts that this person may change."""
    return [one.user for one in accounts() if one.is_changeable and one.user != actor]


def create(actor: User, username: str, first_name: str, role: str) -> User:
    """Create an account without a password, which its owner chooses through `link`. Raises NoLonger."""
    with _as_manager(actor):
        user = User.objects.create_user(username, first_name=first_name)
        user.groups.set([Group.objects.get(name=ROLES[role])])
    return user


def change(actor: User, user: User, first_name: str, role: str) -> None:
    """Raises NoLonger."""
    with _as_manager(actor):
        user.first_name = first_name
        user.save(update_fields=["first_name"])
        user.groups.set([Group.objects.get(name=ROLES[role])])


def set_open(actor: User, user: User, is_open: bool) -> None:
    """Close the account: its sessions end at once, and its customers go back to the queue; or reopen it.

    Raises NoLonger.
    """
    with _as_manager(actor):
        user.is_active = is_open
        user.save(update_fields=["is_active"])
        if not is_open:
            AgentPresence.objects.filter(user=user).delete()


def link(user: User) -> str:
    """The path of the page to choose a password; valid once, for PASSWORD_RESET_TIMEOUT.

    Until the owner has used it, the old password works.
    """
    code = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("console:choose_password", args=[code, default_token_generator.make_token(user)])


def unlock(user: User) -> None:
    """Delete the counted failures of signing in, which were for the old password."""
    forget_wrong_passwords(username=user.get_username())


@contextmanager
def _as_manager(actor: User) -> Iterator[None]:
    """Serialise changes, and raise NoLonger unless the acting user still has the role."""
    with transaction.atomic():
        Group.objects.select_for_update().get(name=ROLES["manage"])
        if not has_role(User.objects.get(pk=actor.pk), "manage"):
            raise NoLonger
        yield
