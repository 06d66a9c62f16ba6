"""`python manage.py reset_second_factor NAME`: for a lead who lost phone and codes, and whom no other lead can help."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from console import audit, second_factor


class Command(BaseCommand):
    help = "Removes the account's second factor; its next sign-in sets up another one. The journal records this."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["name"]).first()
        if user is None:
            raise CommandError(f"There is no account « {options['name']} ».")
        if not second_factor.remove(user):
            raise CommandError(f"« {user.get_username()} » has no second factor.")
        audit.record_command("second_factor_reset", user)
