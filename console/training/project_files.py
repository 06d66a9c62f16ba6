"""Writes training changes into topic files like those of data/nlu/ and data/responses/, keeping comments and order."""

import json
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from console import bot_data
from console.training.training_changes import Answer, Line, TrainingChanges

# The indentation of an example, and of its continuation lines.
INDENT, DEEPER = "      - ", "      "
_HEADING = re.compile(r"  - ((?:intent|lookup|synonym): .+)")
_AFTER = re.compile(r"    metadata: \{after: (.+)\}")
# A block whose only line was removed.
_EMPTY = re.compile(r"\n  - [^\n]+\n(?:    metadata: [^\n]+\n)?    examples: \|\n(?!      )")


def pull(changes: TrainingChanges, folder: Path) -> dict[str, tuple[int, int]]:
    """Apply the changes to the files. Return {file: (lines added, lines removed)} of those that changed.

    Raises OSError.
    """
    changed = {}
    for path, before, after, counts in _edited(changes, folder):
        if before != after:
            _replace(path, after)
            changed[path.name] = counts
    return changed


def differences(changes: TrainingChanges, folder: Path) -> dict[str, tuple[int, int]]:
    """What `pull` would change, without writing; empty if the files have all changes."""
    return {path.name: counts for path, before, after, counts in _edited(changes, folder) if before != after}


def pull_answers(changes: TrainingChanges, folder: Path) -> dict[str, tuple[int, int]]:
    """Add the missing answers to the files: {file: (replies added, 0)}. A reply that a file already has is not changed.

    Raises OSError.
    """
    new = missing_answers(changes, folder)
    for path, answers in new.items():
        text = path.read_text(encoding="utf-8").rstrip("\n")
        _replace(path, "\n".join([text, *map(_reply, answers)]) + "\n")
    return {path.name: (len(answers), 0) for path, answers in new.items()}


def missing_answers(changes: TrainingChanges, folder: Path) -> dict[Path, list[Answer]]:
    """{file of a folder like data/responses/: the answers that it lacks}"""
    found: dict[Path, list[Answer]] = {}
    for answer in changes.answers:
        nlu = bot_data.file_of(answer.question)
        assert nlu
        path = folder / nlu.name
        if f"\n  {answer.reply}:\n" not in path.read_text(encoding="utf-8"):
            found.setdefault(path, []).append(answer)
    return found


def _reply(answer: Answer) -> str:
    """The reply in YAML. Its strings are written as JSON, which is valid YAML."""
    lines = [f"  {answer.reply}:"]
    for variation in answer.variations:
        lines.append(f"    - text: {json.dumps(variation['text'], ensure_ascii=False)}")
        if "metadata" in variation:
            lines.append(f"      metadata: {json.dumps(variation['metadata'], ensure_ascii=False)}")
    return "\n".join(lines)


def as_yaml(lines: list[Line]) -> str:
    """The lines as one training file of Rasa, for display."""
    blocks: dict[str, list[str]] = {}
    for line in lines:
        blocks.setdefault("\n".join(_block(line)), []).append(INDENT + line.text)
    return 'version: "3.1"\n\nnlu:\n' + "\n".join("\n".join([head, *texts]) for head, texts in blocks.items()) + "\n"


def _edited(changes: TrainingChanges, folder: Path) -> Iterator[tuple[Path, str, str, tuple[int, int]]]:
    """(file, its text, its text after the changes, (lines added, lines removed)) of every file."""
    removed = set(changes.removed)
    for path in sorted(folder.glob("*.yml")):
        before = text = path.read_text(encoding="utf-8")
        text = _without(text, removed) if removed else text
        lost = before.count("\n" + INDENT) - text.count("\n" + INDENT)
        added = 0
        for line in changes.lines:
            if line.file == path.name:
                new = _with_line(text, line)
                added += new != text
                text = new
        yield path, before, text, (added, lost)


def _with_line(text: str, line: Line) -> str:
    """The file's text with the line at the end of its block, which is created if it is missing."""
    lines, block = text.splitlines(), _block(line)
    size = len(block)
    start = next((i + size for i in range(len(lines)) if lines[i : i + size] == block), None)
    if start is None:
        return "\n".join([*lines, "", *block, INDENT + line.text]) + "\n"
    end = start
    while end < len(lines) and lines[end].startswith(DEEPER):
        if _holds(lines, end, line.text):
            return text
        end += 1
    return "\n".join([*lines[:end], INDENT + line.text, *lines[end:]]) + "\n"


def _without(text: str, removed: set[str]) -> str:
    """The file's text without the lines of these digests."""
    lines, kept = text.splitlines(), []
    heading = after = ""
    for i, line in enumerate(lines):
        if found := _HEADING.fullmatch(line):
            heading, after = found[1], ""
        elif found := _AFTER.fullmatch(line):
            after = found[1]
        text_of = line.removeprefix(INDENT)
        if not (_holds(lines, i, text_of) and Line("", heading, after, text_of).digest in removed):
            kept.append(line)
    return text if len(kept) == len(lines) else _EMPTY.sub("", "\n".join(kept) + "\n")


def _block(line: Line) -> list[str]:
    context = [f"    metadata: {{after: {line.after}}}"] if line.after else []
    return [f"  - {line.heading}", *context, "    examples: |"]


def _holds(lines: list[str], i: int, text: str) -> bool:
    """Whether line `i` is exactly this example."""
    following = lines[i + 1] if i + 1 < len(lines) else ""
    goes_on = following.startswith(DEEPER) and not following.startswith(INDENT)
    return lines[i] == INDENT + text and not goes_on


def _replace(path: Path, text: str) -> None:
    """Replace the file atomically, so that a reader never sees half of it."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="utf-8", delete=False, suffix=".tmp") as new:
        new.write(text)
    os.chmod(new.name, path.stat().st_mode)
    os.replace(new.name, path)
