"""`python manage.py pull_corrections [--from FILE] [--check]`: write the team's corrections and answers into data/."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from console import bot_data
from console.training.project_files import differences, missing_answers, pull, pull_answers
from console.training.training_changes import TrainingChanges, accepted


class Command(BaseCommand):
    help = "Writes accepted corrections and added questions into data/, and removes withdrawn lines, for `git diff`."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="file", help="read a file of « Télécharger » instead of the database")
        parser.add_argument("--check", action="store_true", help="write nothing; fail if data/ disagrees")

    def handle(self, *args: Any, **options: Any) -> None:
        changes = _read(Path(options["file"])) if options["file"] else accepted()
        changed = _differences(changes) if options["check"] else _pulled(changes)
        for name, (added, removed) in changed.items():
            self.stdout.write(f"data/{name}: +{added} -{removed}")
        if options["check"] and changed:
            raise CommandError("data/ lacks changes of the team: run this command without --check, train, commit.")


def _pulled(changes: TrainingChanges) -> dict[str, tuple[int, int]]:
    """{file: (added, removed)} of those that changed."""
    replies = pull_answers(changes, bot_data.RESPONSES)
    return _named("nlu", pull(changes, bot_data.NLU)) | _named("responses", replies)


def _differences(changes: TrainingChanges) -> dict[str, tuple[int, int]]:
    replies = {path.name: (len(new), 0) for path, new in missing_answers(changes, bot_data.RESPONSES).items()}
    return _named("nlu", differences(changes, bot_data.NLU)) | _named("responses", replies)


def _named(folder: str, changed: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    return {f"{folder}/{name}": counts for name, counts in changed.items()}


def _read(file: Path) -> TrainingChanges:
    """Raises CommandError."""
    try:
        return TrainingChanges.from_json(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise CommandError(f"{file} is not a file of « Télécharger » ({type(fault).__name__})") from fault
