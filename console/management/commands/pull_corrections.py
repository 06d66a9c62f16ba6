"""`python manage.py pull_corrections [--from FILE] [--check]`: write what the team taught into data/nlu/, to commit."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from console import bot_data
from console.training.lessons import Lessons, accepted
from console.training.project_files import differences, pull


class Command(BaseCommand):
    help = "Writes accepted corrections into data/nlu/, and removes withdrawn ones: a patch for `git diff` to show."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="file", help="what « Télécharger » sent, instead of the database")
        parser.add_argument("--check", action="store_true", help="write nothing; fail if data/nlu/ disagrees")

    def handle(self, *args: Any, **options: Any) -> None:
        lessons = _read(Path(options["file"])) if options["file"] else accepted()
        changed = (differences if options["check"] else pull)(lessons, bot_data.NLU)
        for name, (added, removed) in changed.items():
            self.stdout.write(f"data/nlu/{name}: +{added} -{removed}")
        if options["check"] and changed:
            raise CommandError("data/nlu/ and the accepted corrections disagree: pull, train, commit.")


def _read(file: Path) -> Lessons:
    """Raises CommandError."""
    try:
        return Lessons.from_json(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise CommandError(f"{file} is not what « Télécharger » sends ({type(fault).__name__})") from fault
