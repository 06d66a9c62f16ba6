"""`manage.py demo --load` loads the demo orders again; `manage.py demo --json` lists them."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from demo import records


class Command(BaseCommand):
    help = "Load (--load) or list (--json) the demo orders and trade-ins."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--load", action="store_true", help="load them again, with fresh dates, and clear the locks"
        )
        parser.add_argument("--json", action="store_true", help="print them as one JSON array")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["load"]:
            records.load()
        if options["json"]:
            self.stdout.write(json.dumps(records.listing(), ensure_ascii=False, indent=2))
        elif options["load"]:
            self.stdout.write(f"{len(records.listing())} demo orders and trade-ins loaded.")
