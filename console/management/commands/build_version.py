"""`python manage.py build_version NUMBER`: train and evaluate one version. The worker calls it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from console.models import Version
from console.versions.building import build


class Command(BaseCommand):
    help = "Trains and evaluates a version that the worker began."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        build(Version.objects.get(number=options["number"], state=Version.State.TRAINING))
