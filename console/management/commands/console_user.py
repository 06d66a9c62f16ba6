"""`python manage.py console_user NAME --role read|review|manage`: a console account with a new password."""

import secrets
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand, CommandParser

from console.roles import ROLES


class Command(BaseCommand):
    help = "Creates an account for the console, or gives it another role and a new password, which is printed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--role", choices=sorted(ROLES), default="read")
        parser.add_argument("--first-name", help="what customers read when this person answers them")

    def handle(self, *args: Any, **options: Any) -> None:
        user, _ = User.objects.get_or_create(username=options["name"])
        password = secrets.token_urlsafe(12)
        user.set_password(password)
        user.is_active = True
        user.first_name = options["first_name"] or user.first_name
        user.save()
        user.groups.set([Group.objects.get(name=ROLES[options["role"]])])
        self.stdout.write(password)
