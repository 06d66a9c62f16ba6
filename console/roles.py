"""The console's three roles, as Django groups: who reads, who reviews, who manages. Each includes the one before."""

from typing import Any

from django.contrib.auth.models import AbstractUser, AnonymousUser

# Role → its group's name. The permissions are Thread's.
ROLES = {"read": "Lecture", "review": "Relecture", "manage": "Gestion"}


def has_role(user: AbstractUser | AnonymousUser, role: str) -> bool:
    """Has this user at least this role?"""
    return user.has_perm(f"console.{role}_console")


def create_groups(**signal: Any) -> None:
    """Make the groups with their permissions; harmless when they are there. Called after each migration."""
    from django.contrib.auth.management import create_permissions
    from django.contrib.auth.models import Group, Permission

    create_permissions(signal["app_config"], verbosity=0)
    granted: list[Permission] = []
    for role, name in ROLES.items():
        granted.append(Permission.objects.get(codename=f"{role}_console"))
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*granted)
