"""`python manage.py export_corrections [--print]`: write the pending corrections into data/nlu/, ready to commit."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from console.models import Correction
from console.training import export


class Command(BaseCommand):
    help = "Writes the corrections that wait into the topic files of data/nlu/."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--print", action="store_true", help="print the YAML, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        waiting = list(Correction.objects.filter(exported_at=None))
        if options["print"]:
            self.stdout.write(export.preview(waiting))
            return
        for name, count in export.export(waiting).items():
            self.stdout.write(f"data/nlu/{name}: {count}")
