"""Corrections written into the topic files of data/nlu/, ready to commit; and lines taken out of them again.

The files are changed by lines, so that their comments, order and spelling stay as their authors wrote them.
"""

import os
import tempfile
from collections import defaultdict
from pathlib import Path

from console import project
from console.models import Correction
from shop import clock

INDENT = "      - "
ENTITIES = "entities.yml"


def export(corrections: list[Correction]) -> dict[str, int]:
    """Write each into its file and mark it exported; {file's name: lines added}. A line that is there is not added."""
    lines: dict[Path, list[tuple[str, str]]] = defaultdict(list)
    for correction in corrections:
        for path, block, line in _places(correction):
            lines[path].append((block, line))
    added = {path.name: _write(path, wanted) for path, wanted in lines.items()}
    for correction in corrections:
        correction.exported_at = clock.now()
    Correction.objects.bulk_update(corrections, ["exported_at"])
    return added


def preview(corrections: list[Correction]) -> str:
    """The same as YAML of its own, to be read or downloaded."""
    blocks: dict[str, list[str]] = defaultdict(list)
    for correction in corrections:
        for _, block, line in _places(correction):
            blocks[block].append(f"{INDENT}{line}")
    parts = [f"  - {block}\n    examples: |\n" + "\n".join(lines) for block, lines in blocks.items()]
    return 'version: "3.1"\n\nnlu:\n' + "\n".join(parts) + "\n"


def take_out(corrections: list[Correction]) -> int:
    """Remove the lines of exported corrections from the files again; how many there were."""
    removed = 0
    for correction in corrections:
        for path, _, line in _places(correction):
            kept = path.read_text(encoding="utf-8").splitlines(keepends=True)
            left = [one for one in kept if one.strip() != f"- {line}"]
            if len(left) < len(kept):
                _replace(path, "".join(left))
                removed += len(kept) - len(left)
    return removed


def _places(correction: Correction) -> list[tuple[Path, str, str]]:
    """[(file, heading of the block, line)]"""
    if correction.entity:
        path = project.NLU / ENTITIES
        word_list = (path, f"lookup: {correction.entity}", correction.text)
        synonym = f"synonym: {correction.entity_value}"
        known = f"  - {synonym}\n" in path.read_text(encoding="utf-8")
        return [word_list, (path, synonym, correction.text)] if known else [word_list]
    path_of_intent = project.file_of(correction.intent)
    return [(path_of_intent, f"intent: {correction.intent}", correction.text)] if path_of_intent else []


def _write(path: Path, wanted: list[tuple[str, str]]) -> int:
    text = path.read_text(encoding="utf-8")
    added = 0
    for block, line in wanted:
        new = _with_line(text, block, line)
        added += new != text
        text = new
    _replace(path, text)
    return added


def _with_line(text: str, block: str, line: str) -> str:
    """The file's text with the line at the end of the block's examples."""
    lines = text.splitlines()
    start = lines.index(f"  - {block}") + 2  # the heading, then « examples: | »
    end = start
    while end < len(lines) and lines[end].startswith(INDENT.rstrip()):
        if lines[end].strip() == f"- {line}":
            return text
        end += 1
    return "\n".join([*lines[:end], INDENT + line, *lines[end:]]) + "\n"


def _replace(path: Path, text: str) -> None:
    """In one move: a reader never finds half a file."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="utf-8", delete=False, suffix=".tmp") as new:
        new.write(text)
    os.chmod(new.name, path.stat().st_mode)
    os.replace(new.name, path)
