"""`python manage.py version_worker`: train the versions that the console asks for, and put them into service."""

from typing import Any

from django.core.management.base import BaseCommand

from console.versions import worker


class Command(BaseCommand):
    help = "Trains queued versions, one at a time, and rolls them out. Runs until it is ended."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        worker.run()
