"""Writes corrections into the topic files of data/nlu/, ready to commit, and removes them again.

Edits the files line by line, so that their comments, order and spelling stay.
"""

import os
import re
import tempfile
from collections import defaultdict
from pathlib import Path

from console import bot_data
from console.models import Correction
from shop import clock

# The indentation of an example, and of its continuation lines.
INDENT, DEEPER = "      - ", "      "
# A block whose only line was removed.
_EMPTY = re.compile(r"\n  - [^\n]+\n    examples: \|\n(?!      )")
ENTITIES = "entities.yml"


def export(corrections: list[Correction]) -> dict[str, int]:
    """Write each correction into its file and mark it exported. Return {file name: new lines}."""
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
    """The same as a separate YAML document, to read or download."""
    blocks: dict[str, list[str]] = defaultdict(list)
    for correction in corrections:
        for _, block, line in _places(correction):
            blocks[block].append(f"{INDENT}{line}")
    parts = [f"  - {block}\n    examples: |\n" + "\n".join(lines) for block, lines in blocks.items()]
    return 'version: "3.1"\n\nnlu:\n' + "\n".join(parts) + "\n"


def remove_lines(corrections: list[Correction]) -> int:
    """Remove the lines of exported corrections from the files; return how many there were."""
    removed = 0
    for correction in corrections:
        for path, _, line in _places(correction):
            kept = path.read_text(encoding="utf-8").splitlines(keepends=True)
            left = [one for i, one in enumerate(kept) if not _holds(kept, i, line)]
            if len(left) < len(kept):
                _replace(path, _EMPTY.sub("", "".join(left)))
                removed += len(kept) - len(left)
    return removed


def _places(correction: Correction) -> list[tuple[Path, str, str]]:
    """[(file, heading of the block, line)]"""
    if correction.entity:
        path = bot_data.NLU / ENTITIES
        word_list = (path, f"lookup: {correction.entity}", correction.text)
        synonym = f"synonym: {correction.entity_value}"
        known = f"  - {synonym}\n" in path.read_text(encoding="utf-8")
        return [word_list, (path, synonym, correction.text)] if known else [word_list]
    # If an intent has questions, Rasa requires one for every line.
    question = bot_data.question_of(correction.intent)
    path_of_question = bot_data.file_of(question)
    return [(path_of_question, f"intent: {question}", correction.text)] if path_of_question else []


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
    """The file's text with the line appended to its block.

    The block is the one without a context (without `metadata`); it is created if missing.
    """
    lines, heading = text.splitlines(), [f"  - {block}", "    examples: |"]
    start = next((i + 2 for i in range(len(lines)) if lines[i : i + 2] == heading), None)
    if start is None:
        return "\n".join([*lines, "", *heading, INDENT + line]) + "\n"
    end = start
    while end < len(lines) and lines[end].startswith(DEEPER):
        if _holds(lines, end, line):
            return text
        end += 1
    return "\n".join([*lines[:end], INDENT + line, *lines[end:]]) + "\n"


def _holds(lines: list[str], i: int, line: str) -> bool:
    """Whether line `i` is exactly this example."""
    following = lines[i + 1] if i + 1 < len(lines) else ""
    goes_on = following.startswith(DEEPER) and not following.startswith(INDENT)
    return lines[i].strip() == f"- {line}" and not goes_on


def _replace(path: Path, text: str) -> None:
    """Replace the file atomically, so that a reader never sees half of it."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="utf-8", delete=False, suffix=".tmp") as new:
        new.write(text)
    os.chmod(new.name, path.stat().st_mode)
    os.replace(new.name, path)
