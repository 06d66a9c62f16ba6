"""What the project's own data says: topics and their titles, rules, training lines. Read again when a file changes."""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from console.text import words

ROOT = Path(__file__).resolve().parent.parent
NLU = ROOT / "data" / "nlu"
RULES = ROOT / "data" / "rules"
TITLES = ROOT / "data" / "responses" / "titles.yml"
HELD_OUT = ROOT / "tests" / "nlu"
WORDS = Path(__file__).with_name("words.yml")
_ANNOTATION = re.compile(r"\[([^\]]+)\]\([^)]+\)")


def plain(line: str) -> str:
    """A line as lines are compared: words alone. Two lines that are alike here are the same line."""
    return " ".join(words(line)) or line.strip()


@cache
def topics() -> dict[str, str]:
    """{support intent: its French title}."""
    titles = _yaml(TITLES)["responses"]
    stems = {path.stem: path for path in RULES.glob("*.yml") if f"utter_title_{path.stem}" in titles}
    # The first rule of a topic's file is the topic's own.
    return {
        _yaml(path)["rules"][0]["steps"][0]["intent"]: titles[f"utter_title_{stem}"][0]["text"]
        for stem, path in sorted(stems.items())
    }


@cache
def rule_of() -> dict[str, str]:
    """{intent: the rule that answers it, and its file}."""
    found: dict[str, str] = {}
    for path in sorted(RULES.glob("*.yml")):
        for rule in _yaml(path)["rules"]:
            for step in rule["steps"]:
                if "intent" in step:
                    found.setdefault(step["intent"], f"{rule['rule']} (data/rules/{path.name})")
    return found


@cache
def steps_after() -> dict[str, list[dict[str, Any]]]:
    """{intent: the steps that follow it in its rule}, of rules without a condition."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(RULES.glob("*.yml")):
        for rule in _yaml(path)["rules"]:
            first, *following = rule["steps"]
            if "intent" in first and "condition" not in rule:
                found.setdefault(first["intent"], following)
    return found


def word_lists() -> dict[str, dict[str, list[str]]]:
    """{entity found by a list of words: {value: its words}}, from data/nlu/entities.yml."""
    return _word_lists(_stamp(NLU))


@cache
def vocabulary() -> dict[str, dict[str, str]]:
    """The words for intents, actions, slots, risks… that someone who is no developer reads (words.yml)."""
    found: dict[str, dict[str, str]] = _yaml(WORDS)
    return found


def intent_title(intent: str) -> str:
    return topics().get(intent) or vocabulary()["intents"].get(intent) or intent


def training_lines() -> tuple[tuple[str, str], ...]:
    """((intent, line without annotations), …) of data/nlu/, read again when a file was changed."""
    return _lines(_stamp(NLU))


def training_set() -> frozenset[str]:
    """The training lines as they are compared."""
    return _line_set(_stamp(NLU))


def held_out() -> frozenset[str]:
    """The lines of tests/nlu/ as they are compared: never to be trained on."""
    return _held_out(_stamp(HELD_OUT))


def file_of(intent: str) -> Path | None:
    """The file of data/nlu/ that holds the intent's lines."""
    return _files(_stamp(NLU)).get(intent)


def examples(block: dict[str, Any]) -> list[str]:
    """The lines of one block of a training file, without their annotations."""
    lines = (line.strip().removeprefix("- ") for line in block["examples"].splitlines())
    return [_ANNOTATION.sub(r"\1", line) for line in lines if line]


@lru_cache(maxsize=1)
def _lines(stamp: int) -> tuple[tuple[str, str], ...]:
    blocks = [block for path in sorted(NLU.glob("*.yml")) for block in _yaml(path)["nlu"] if "intent" in block]
    return tuple((block["intent"], line) for block in blocks for line in examples(block))


@lru_cache(maxsize=1)
def _files(stamp: int) -> dict[str, Path]:
    paths = sorted(NLU.glob("*.yml"), reverse=True)
    return {block["intent"]: path for path in paths for block in _yaml(path)["nlu"] if "intent" in block}


@lru_cache(maxsize=1)
def _line_set(stamp: int) -> frozenset[str]:
    return frozenset(plain(line) for _, line in _lines(stamp))


@lru_cache(maxsize=1)
def _word_lists(stamp: int) -> dict[str, dict[str, list[str]]]:
    blocks = _yaml(NLU / "entities.yml")["nlu"]
    synonyms = {block["synonym"]: examples(block) for block in blocks if "synonym" in block}
    found: dict[str, dict[str, list[str]]] = {}
    for block in blocks:
        if "lookup" in block:
            of_list = set(examples(block))
            values = {value: said for value, said in synonyms.items() if of_list & {value, *said}}
            alone = of_list - {word for said in values.values() for word in said} - set(values)
            found[block["lookup"]] = values | {word: [word] for word in sorted(alone)}
    return found


@lru_cache(maxsize=1)
def _held_out(stamp: int) -> frozenset[str]:
    files = [_yaml(path) for path in HELD_OUT.glob("*.yml")]
    return frozenset(plain(line) for file in files for lines in file.values() for line in lines)


def _stamp(folder: Path) -> int:
    return max((path.stat().st_mtime_ns for path in folder.glob("*.yml")), default=0)


def _yaml(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
