"""Reads the project's YAML data, for tests."""

import re
import unicodedata
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
NLU = ROOT / "data" / "nlu"
ENTITY = re.compile(r"\[([^\]]+)\]\([^)]+\)")


def read(path):
    """Parse the open file, so that a YAML error names it; libyaml's loader is ten times as fast."""
    with path.open(encoding="utf-8") as file:
        return yaml.load(file, yaml.CSafeLoader)


def yaml_faults():
    """Each syntax error: « data/nlu/refund.yml, line 12: mapping values are not allowed here »."""
    for folder in (".", "actions", "data", "tests"):
        for path in sorted((ROOT / folder).glob("*.yml" if folder == "." else "**/*.yml")):
            try:
                read(path)
            except yaml.MarkedYAMLError as fault:
                yield f"{path.relative_to(ROOT)}, line {fault.problem_mark.line + 1}: {fault.problem}"


def plain(line):
    """The line without case, accents, punctuation and blanks. Two lines with the same form count as the same line."""
    letters = unicodedata.normalize("NFKD", line.casefold().replace("’", "'"))
    kept = "".join(c for c in letters if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9?]+", " ", kept).strip() or line


@cache
def training_examples():
    """[(file stem, question, line without annotations, its context or None)]"""
    found = []
    for path in sorted(NLU.glob("*.yml")):
        for block in read(path)["nlu"]:
            if "intent" in block:
                said_before = (block.get("metadata") or {}).get("after")
                lines = [ENTITY.sub(r"\1", line) for line in examples(block)]
                found += [(path.stem, block["intent"], line, said_before) for line in lines]
    return found


@cache
def training_lines():
    """[(file stem, intent, line without annotations)]"""
    return [(stem, question.partition("/")[0], line) for stem, question, line, _ in training_examples()]


def examples(block):
    """The lines of a block; a line may continue on lines without a dash."""
    return [line.strip() for line in re.split(r"^- ", block["examples"], flags=re.MULTILINE) if line.strip()]


def heldout_sets():
    """The names of the sets of held-out lines, whose authors never saw data/."""
    return sorted(path.stem for path in (ROOT / "tests" / "nlu").glob("*.yml"))


@cache
def heldout_lines(name):
    """[(intent, line)] of tests/nlu/<name>.yml"""
    return [(intent, line) for intent, lines in read(ROOT / "tests" / "nlu" / f"{name}.yml").items() for line in lines]


@cache
def heldout_questions():
    """[(question, line, its context or None)] of held_out.yml, whose author never saw data/."""
    held = read(ROOT / "tests" / "nlu" / "questions" / "held_out.yml")
    return [(question, line, before or None) for question, lines in held.items() for before, line in lines]


def heldout_several():
    """[(questions, message, its context or None)]: messages that have, or only seem to have, several questions."""
    held = read(ROOT / "tests" / "nlu" / "questions" / "several.yml")
    return [(questions, line, before or None) for before, line, questions in held["lines"]]


@cache
def domain():
    return read(ROOT / "domain.yml")


@cache
def response_files():
    """{file: {name: variations}}"""
    paths = sorted((ROOT / "data" / "responses").glob("*.yml"))
    return {f"data/responses/{path.name}": read(path)["responses"] for path in paths}


@cache
def responses():
    """{name: variations}, from all files of data/responses."""
    return {name: variations for file in response_files().values() for name, variations in file.items()}


@cache
def where(reply):
    """« data/responses/refund.yml: utter_ask_refund/delay »"""
    files = (file for file, replies in response_files().items() if reply in replies)
    return f"{next(files, 'data/responses/')}: {reply}"


@cache
def rules():
    """[(file stem, rule)]"""
    paths = sorted((ROOT / "data" / "rules").glob("*.yml"))
    return [(path.stem, rule) for path in paths for rule in read(path)["rules"]]


def placeholders(name):
    """The placeholders in all variations of a reply."""
    texts = [variation.get("text", "") for variation in responses()[name]]
    return {found for text in texts for found in re.findall(r"{(\w+)}", text)}
