"""The bot's own data: topics, questions and their titles, rules, training lines.

A question is « ask_refund/delay »: intent and name. An intent without questions counts as its only question. Lines are
read again when a file changes.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from console.text import words

ROOT = Path(__file__).resolve().parent.parent
NLU = ROOT / "data" / "nlu"
RULES = ROOT / "data" / "rules"
RESPONSES = ROOT / "data" / "responses"
HELD_OUT = ROOT / "tests" / "nlu"
DIALOGUES = ROOT / "tests" / "dialogues"
GOLDEN = ROOT / "tests" / "e2e" / "conversations"
# At most this many training files stay parsed.
_FILES = 64
# Lines of so few words (« oui », « c’est où ? ») are too common to be evaluation data.
MAX_COMMON_WORDS = 3
LABELS = Path(__file__).with_name("labels.yml")
# The entity that holds the question: in a button's payload, and in the console's copy of every message.
QUESTION = "question"
# The topic of asking for a person.
A_PERSON = "contact_support"
# The team's own questions: in the database, which this module does not read.
_added: dict[str, str] = {}
_DASH = re.compile(r"^- ", re.MULTILINE)
_ANNOTATION = re.compile(r"\[([^\]]+)\]\([^)]+\)")


def normalised(line: str) -> str:
    """The normalised line. Two lines with the same normal form count as the same line."""
    return " ".join(words(line)) or line.strip()


@cache
def topics() -> dict[str, str]:
    """{support intent: its French title}."""
    # The file of a topic's replies is named by the topic's key.
    return {topic_of(question): topic_titles()[stem] for stem, question, _ in _titled() if stem in topic_titles()}


def problems() -> list[str]:
    """All topics except that of asking for a person."""
    return [topic for topic in topics() if topic != A_PERSON]


@cache
def topic_titles() -> dict[str, str]:
    """{topic key: its French title}: « faulty_product », as a request names its topic."""
    titles = _yaml(RESPONSES / "titles.yml")["responses"]
    return {name.removeprefix("utter_title_"): texts[0]["text"] for name, texts in titles.items()}


@cache
def questions() -> dict[str, str]:
    """{question: its French title}. A bare intent means its first question."""
    return labels()["questions"] | _added | {question: title for _, question, title in _titled()}


def set_added(titles: dict[str, str]) -> None:
    """Set the titles of the team's questions (console/training/added.py). The project's files take precedence."""
    global _added
    if titles != _added:
        _added = titles
        questions.cache_clear()


@cache
def replies() -> dict[str, list[dict[str, Any]]]:
    """{reply: its variations}"""
    return {name: one for path in sorted(RESPONSES.glob("*.yml")) for name, one in _yaml(path)["responses"].items()}


@cache
def first_texts() -> dict[str, str]:
    """{reply: its first wording}"""
    return {name: variations[0].get("text") or "" for name, variations in replies().items()}


def topic_of(question: str) -> str:
    """« ask_refund/delay » → « ask_refund »."""
    return question.partition("/")[0]


def question_of(name: str) -> str:
    """The question itself; for a bare intent, its first question."""
    return name if "/" in name else next((one for one in questions() if topic_of(one) == name), name)


def classified_question(intent: str, entities: list[dict[str, Any]]) -> str:
    """The message's question; the intent if none was classified, as in older conversations."""
    found = next((str(one["value"]) for one in entities if one["entity"] == QUESTION), intent)
    return found if topic_of(found) == intent else intent


@cache
def answers(name: str) -> list[str]:
    """All wordings of the replies to a question, or to every question of a topic, with their « En savoir plus »."""
    asked = [name] if "/" in name else [question for question in questions() if topic_of(question) == name]
    keys = {f"utter_{more}{question}" for question in asked for more in ("", "more/")}
    found = [_yaml(path)["responses"] for path in sorted(RESPONSES.glob("*.yml"))]
    return [one["text"] for file in found for key in keys & file.keys() for one in file[key] if one.get("text")]


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
    """{intent: the steps after it in its rule}, for rules without a condition."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(RULES.glob("*.yml")):
        for rule in _yaml(path)["rules"]:
            first, *following = rule["steps"]
            if "intent" in first and "condition" not in rule:
                found.setdefault(first["intent"], following)
    return found


def word_lists() -> dict[str, dict[str, list[str]]]:
    """{entity with a lookup table: {value: its words}}, from data/nlu/entities.yml."""
    return _word_lists(_version(NLU))


def shapes(entity: str) -> tuple[re.Pattern[str], ...]:
    """The regular expressions with which the bot finds this entity, from data/nlu/entities.yml."""
    return _shapes(_version(NLU)).get(entity, ())


@cache
def labels() -> dict[str, dict[str, str]]:
    """French labels of intents, actions, slots and risks, for readers who are no developers (labels.yml)."""
    found: dict[str, dict[str, str]] = _yaml(LABELS)
    return found


def intent_title(name: str) -> str:
    """For an intent or a question: « Mon remboursement › Remboursé comment ? »"""
    intent = topic_of(name)
    own, title = topics().get(intent) or labels()["intents"].get(intent), questions().get(name)
    if own is None:
        return name
    return own if title in (None, own) else f"{own} › {title}"


def training_lines() -> tuple[tuple[str, str], ...]:
    """((intent, line without annotations), …) of data/nlu/, read again when a file changes."""
    return tuple((topic_of(question), line) for question, line in training_examples())


def training_examples() -> tuple[tuple[str, str], ...]:
    """((question, line without annotations), …) of data/nlu/."""
    return _examples(_version(NLU))


def training_contexts() -> list[str | None]:
    """The context of each training line: what was said or asked before it."""
    return [after or None for _, _, after, _ in _lines(_version(NLU))]


def learnt_as(line: str, after: str) -> str | None:
    """The question for which the line is trained in this context (empty: without one); None if it is not trained."""
    return _learnt(_version(NLU)).get((normalised(line), after))


def trained_questions() -> list[str]:
    """The questions that have training lines."""
    return _trained(_version(NLU))


def choices() -> dict[str, str]:
    """{question: its title} of the questions that a person may choose for a message.

    It includes questions without a button, and questions that have an answer but no training line yet.
    """
    topics_with_lines = _files(_version(NLU))
    known = dict.fromkeys([*trained_questions(), *questions()])
    return {question: intent_title(question) for question in known if topic_of(question) in topics_with_lines}


def training_set() -> frozenset[str]:
    """The normalised training lines."""
    return _line_set(_version(NLU))


def evaluation_file(line: str) -> str:
    """The file of tests/ with this line if it is evaluation data, which must never be trained on; empty if none."""
    return _evaluation_lines(_version(HELD_OUT), _version(DIALOGUES)).get(normalised(line), "")


def blind_lines() -> Iterator[tuple[str, str]]:
    """(file, line) of the dialogues and held-out lines, whose authors never saw data/; without common lines."""
    for path in [*DIALOGUES.glob("*.yml"), *HELD_OUT.glob("*.yml"), HELD_OUT / "questions" / "held_out.yml"]:
        for line in _said_in(_yaml(path)):
            if len(words(line)) > MAX_COMMON_WORDS:
                yield str(path.relative_to(ROOT)), line


def _said_in(file: dict[str, Any]) -> Iterator[str]:
    """The lines of one of these files: dialogues, lines by topic, or (context, line) by question."""
    if "dialogues" in file:
        yield from (turn["user"] for dialogue in file["dialogues"] for turn in dialogue["turns"])
    else:
        yield from (line if isinstance(line, str) else line[1] for lines in file.values() for line in lines)


def is_line(text: str) -> bool:
    """Whether it can be trained on: it is neither empty nor a button's command."""
    return bool(text.strip()) and not text.startswith("/")


def file_of(question: str) -> Path | None:
    """The file of data/nlu/ with the lines of a question, or of its topic if it has none yet."""
    files = _files(_version(NLU))
    return files.get(question) or files.get(topic_of(question))


def is_question(name: str) -> bool:
    """Whether the bot knows this question or bare intent, or the team added it."""
    return name in _files(_version(NLU)) or name in questions()


def examples(block: dict[str, Any]) -> list[str]:
    """The lines of a training file's block, without annotations. A line may continue on lines without a dash."""
    lines = (line.strip() for line in _DASH.split(block["examples"]))
    return [_ANNOTATION.sub(r"\1", line) for line in lines if line]


def project_lines() -> frozenset[tuple[str, str, str]]:
    """{(heading of its block, « intent: ask_refund/who », its context or « », line)} of all files of data/nlu/."""
    return _project_lines(_version(NLU))


def has_synonyms(value: str) -> bool:
    """Whether data/nlu/entities.yml has a block of words that mean this value."""
    return value in _synonyms(_version(NLU))


def value_title(entity: str, value: str) -> str:
    """« appareil hors d’usage : écran cassé »"""
    words = labels()
    return f"{words['entities'].get(entity, entity)}\u00a0: {words['values'].get(value, value)}"


def after_of(block: dict[str, Any]) -> str:
    """The context of a training file's block; empty without one."""
    return (block.get("metadata") or {}).get("after") or ""


@cache
def _titled() -> list[tuple[str, str, str]]:
    """[(file stem, question, title)] of data/responses/, in the order of the files."""
    return [
        (path.stem, name.removeprefix("utter_"), variations[0]["metadata"]["title"])
        for path in sorted(RESPONSES.glob("*.yml"))
        for name, variations in _yaml(path)["responses"].items()
        if "title" in (variations[0].get("metadata") or {})
    ]


# A folder and the latest mtime of its files: the cache key of what was read from it.
_Version = tuple[Path, int]


@lru_cache(maxsize=1)
def _contents(version: _Version) -> dict[Path, str]:
    """{file of data/nlu/: its text}"""
    return {path: path.read_text(encoding="utf-8") for path in sorted(NLU.glob("*.yml"))}


def _blocks(version: _Version) -> dict[Path, list[dict[str, Any]]]:
    """{file of data/nlu/: its blocks}"""
    return {path: _blocks_in(content) for path, content in _contents(version).items()}


# Cached by content, so that only changed files are parsed again.
@lru_cache(maxsize=_FILES)
def _blocks_in(content: str) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = yaml.load(content, yaml.CSafeLoader)["nlu"]
    return blocks


@lru_cache(maxsize=_FILES)
def _lines_in(content: str) -> tuple[tuple[str, str, str, str], ...]:
    """((question, line, its context or « », normalised line), …) of a training file"""
    blocks = [block for block in _blocks_in(content) if "intent" in block]
    found = ((block["intent"], line, after_of(block)) for block in blocks for line in examples(block))
    return tuple((question, line, after, normalised(line)) for question, line, after in found)


def _blocks_of(kind: str, version: _Version) -> list[dict[str, Any]]:
    """The blocks of all files that are of this kind: intent, lookup, synonym, regex."""
    return [block for blocks in _blocks(version).values() for block in blocks if kind in block]


@lru_cache(maxsize=1)
def _lines(version: _Version) -> tuple[tuple[str, str, str, str], ...]:
    """((question, line, its context or « », normalised line), …) of all files"""
    return tuple(chain.from_iterable(map(_lines_in, _contents(version).values())))


@lru_cache(maxsize=1)
def _examples(version: _Version) -> tuple[tuple[str, str], ...]:
    return tuple((question, line) for question, line, *_ in _lines(version))


@lru_cache(maxsize=1)
def _trained(version: _Version) -> list[str]:
    return sorted({question for question, *_ in _lines(version)})


@lru_cache(maxsize=1)
def _project_lines(version: _Version) -> frozenset[tuple[str, str, str]]:
    return frozenset(
        (f"{kind}: {block[kind]}", after_of(block), line)
        for kind in ("intent", "lookup", "synonym")
        for block in _blocks_of(kind, version)
        for line in examples(block)
    )


@lru_cache(maxsize=1)
def _synonyms(version: _Version) -> frozenset[str]:
    return frozenset(block["synonym"] for block in _blocks_of("synonym", version))


@lru_cache(maxsize=1)
def _learnt(version: _Version) -> dict[tuple[str, str], str]:
    return {(normal, after): question for question, _, after, normal in _lines(version)}


@lru_cache(maxsize=1)
def _files(version: _Version) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path, blocks in reversed(_blocks(version).items()):
        asked = [block["intent"] for block in blocks if "intent" in block]
        found |= dict.fromkeys([*map(topic_of, asked), *asked], path)
    return found


@lru_cache(maxsize=1)
def _line_set(version: _Version) -> frozenset[str]:
    return frozenset(normal for *_, normal in _lines(version))


@lru_cache(maxsize=1)
def _word_lists(version: _Version) -> dict[str, dict[str, list[str]]]:
    synonyms = {block["synonym"]: examples(block) for block in _blocks_of("synonym", version)}
    found: dict[str, dict[str, list[str]]] = {}
    for block in _blocks_of("lookup", version):
        of_list = set(examples(block))
        values = {value: said for value, said in synonyms.items() if of_list & {value, *said}}
        alone = of_list - {word for said in values.values() for word in said} - set(values)
        found[block["lookup"]] = values | {word: [word] for word in sorted(alone)}
    return found


@lru_cache(maxsize=1)
def _shapes(version: _Version) -> dict[str, tuple[re.Pattern[str], ...]]:
    lines = {
        block["regex"]: [line.strip() for line in _DASH.split(block["examples"]) if line.strip()]
        for block in _blocks_of("regex", version)
    }
    # Rasa ignores case too.
    return {name: tuple(re.compile(line, re.IGNORECASE) for line in found) for name, found in lines.items()}


@lru_cache(maxsize=1)
def _evaluation_lines(held_out: _Version, dialogues: _Version) -> dict[str, str]:
    return {normalised(line): file for file, line in blind_lines()}


def _version(folder: Path) -> _Version:
    return folder, max((path.stat().st_mtime_ns for path in folder.glob("*.yml")), default=0)


def _yaml(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
