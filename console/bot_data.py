"""What the project's own data says: topics, questions and their titles, rules, training lines.

A question is « ask_refund/delay »: its topic is an intent of its own. An intent without questions is its own only one.
The lines are read again when a file changes.
"""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from console.text import words

ROOT = Path(__file__).resolve().parent.parent
NLU = ROOT / "data" / "nlu"
RULES = ROOT / "data" / "rules"
RESPONSES = ROOT / "data" / "responses"
HELD_OUT = ROOT / "tests" / "nlu"
LABELS = Path(__file__).with_name("labels.yml")
# The entity that names what is asked: in a button's command, and in what the console keeps of every message.
QUESTION = "question"
_DASH = re.compile(r"^- ", re.MULTILINE)
_ANNOTATION = re.compile(r"\[([^\]]+)\]\([^)]+\)")


def normalised(line: str) -> str:
    """A line as lines are compared: words alone. Two lines that are alike here are the same line."""
    return " ".join(words(line)) or line.strip()


@cache
def topics() -> dict[str, str]:
    """{support intent: its French title}."""
    titles = _yaml(RESPONSES / "titles.yml")["responses"]
    # A topic's replies are in a file of its own, whose name is that of its title.
    return {
        topic_of(question): titles[f"utter_title_{stem}"][0]["text"]
        for stem, question, _ in _titled()
        if f"utter_title_{stem}" in titles
    }


@cache
def questions() -> dict[str, str]:
    """{question: its French title}. The first one of an intent is what the intent alone means."""
    return labels()["questions"] | {question: title for _, question, title in _titled()}


def topic_of(question: str) -> str:
    """« ask_refund/delay » → « ask_refund »."""
    return question.partition("/")[0]


def question_of(name: str) -> str:
    """The question itself; of an intent alone, its first question."""
    return name if "/" in name else next((one for one in questions() if topic_of(one) == name), name)


def classified_question(intent: str, entities: list[dict[str, Any]]) -> str:
    """What a message asks; the intent where no question was read in it, as in the conversations of before."""
    found = next((str(one["value"]) for one in entities if one["entity"] == QUESTION), intent)
    return found if topic_of(found) == intent else intent


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
    return _word_lists(_version(NLU))


@cache
def labels() -> dict[str, dict[str, str]]:
    """The words for intents, actions, slots, risks… that someone who is no developer reads (labels.yml)."""
    found: dict[str, dict[str, str]] = _yaml(LABELS)
    return found


def intent_title(name: str) -> str:
    """Of an intent or a question: « Mon remboursement › Remboursé comment ? »"""
    intent = topic_of(name)
    own, title = topics().get(intent) or labels()["intents"].get(intent), questions().get(name)
    if own is None:
        return name
    return own if title in (None, own) else f"{own} › {title}"


def training_lines() -> tuple[tuple[str, str], ...]:
    """((intent, line without annotations), …) of data/nlu/, read again when a file was changed."""
    return tuple((topic_of(question), line) for question, line in training_examples())


def training_examples() -> tuple[tuple[str, str], ...]:
    """((question, line without annotations), …) of data/nlu/."""
    return _lines(_version(NLU))


def trained_questions() -> list[str]:
    """The questions that have lines in data/nlu/."""
    return sorted({question for question, _ in training_examples()})


def training_set() -> frozenset[str]:
    """The training lines as they are compared."""
    return _line_set(_version(NLU))


def held_out() -> frozenset[str]:
    """The lines of tests/nlu/ as they are compared: never to be trained on."""
    return _held_out(_version(HELD_OUT))


def file_of(question: str) -> Path | None:
    """The file of data/nlu/ that holds the lines of a question, or of an intent alone."""
    return _files(_version(NLU)).get(question)


def examples(block: dict[str, Any]) -> list[str]:
    """The lines of one block of a training file, without annotations. One may go on in further ones without a dash."""
    lines = (line.strip() for line in _DASH.split(block["examples"]))
    return [_ANNOTATION.sub(r"\1", line) for line in lines if line]


def _titled() -> list[tuple[str, str, str]]:
    """[(file's stem, question, its title)] of data/responses/, in the files' order."""
    return [
        (path.stem, name.removeprefix("utter_"), variations[0]["metadata"]["title"])
        for path in sorted(RESPONSES.glob("*.yml"))
        for name, variations in _yaml(path)["responses"].items()
        if "title" in (variations[0].get("metadata") or {})
    ]


# A folder as it is now: its files' latest change tells of which reading a cache is.
_Version = tuple[Path, int]


@lru_cache(maxsize=1)
def _lines(version: _Version) -> tuple[tuple[str, str], ...]:
    blocks = [block for path in sorted(NLU.glob("*.yml")) for block in _yaml(path)["nlu"] if "intent" in block]
    return tuple((block["intent"], line) for block in blocks for line in examples(block))


@lru_cache(maxsize=1)
def _files(version: _Version) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in sorted(NLU.glob("*.yml"), reverse=True):
        asked = [block["intent"] for block in _yaml(path)["nlu"] if "intent" in block]
        found |= dict.fromkeys([*map(topic_of, asked), *asked], path)
    return found


@lru_cache(maxsize=1)
def _line_set(version: _Version) -> frozenset[str]:
    return frozenset(normalised(line) for _, line in _lines(version))


@lru_cache(maxsize=1)
def _word_lists(version: _Version) -> dict[str, dict[str, list[str]]]:
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
def _held_out(version: _Version) -> frozenset[str]:
    files = [_yaml(path) for path in HELD_OUT.glob("*.yml")]
    return frozenset(normalised(line) for file in files for lines in file.values() for line in lines)


def _version(folder: Path) -> _Version:
    return folder, max((path.stat().st_mtime_ns for path in folder.glob("*.yml")), default=0)


def _yaml(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
