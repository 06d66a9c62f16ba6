"""`python manage.py purge --older-than "13 months"`: apply the retention period; run it daily."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from console.privacy.erase import ErasureIncomplete
from console.privacy.retention import InvalidPeriod, purge, since


class Command(BaseCommand):
    help = "Erases what is older than a period, everywhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--older-than", required=True, nargs="+", help='"13 months", 90 days, …')

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            counts = purge(since(" ".join(options["older_than"])))
        except (InvalidPeriod, ErasureIncomplete) as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(", ".join(f"{name}: {count}" for name, count in counts.items()))
