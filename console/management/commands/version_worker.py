"""`python manage.py version_worker`: train the versions that the console asks for, and put them into service."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from console.versions import lease, worker


class Command(BaseCommand):
    help = "Trains queued versions, one at a time, and rolls them out. Runs until it is ended."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only check that a worker runs, on any machine")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            worker.run()
        elif not lease.is_taken():
            raise CommandError("No worker of versions runs.")
