"""The console's three roles as Django groups: read, review, manage. Each includes the previous one."""

from typing import Any

from django.contrib.auth.models import AbstractUser, AnonymousUser

# Role → group name. The permissions belong to Thread.
ROLES = {"read": "Lecture", "review": "Relecture", "manage": "Gestion"}


def has_role(user: AbstractUser | AnonymousUser, role: str) -> bool:
    """Whether the user has at least this role."""
    return user.has_perm(f"console.{role}_console")


def create_groups(**signal: Any) -> None:
    """Create the groups with their permissions if they are missing. Runs after each migration."""
    from django.contrib.auth.management import create_permissions
    from django.contrib.auth.models import Group, Permission

    create_permissions(signal["app_config"], verbosity=0)
    granted: list[Permission] = []
    for role, name in ROLES.items():
        granted.append(Permission.objects.get(codename=f"{role}_console"))
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*granted)
