"""`python -m bench.nlu`: accuracy with and without each feature set, contexts and questions; and by threshold."""

import time
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import yaml

from bench.e5 import E5
from bot.nlu.context import topic_of
from bot.nlu.features import FEATURE_SETS
from bot.nlu.model import QuestionModel, Ranking, Reading
from harness.project import ROOT, heldout_lines, heldout_sets, training_examples

OUT_OF_SCOPE = "out_of_scope"
FEATURE_SETS["e5"] = E5
COMBINATIONS: list[tuple[str, ...]] = [
    ("words",),
    ("characters",),
    ("characters", "words"),
    ("characters", "words", "lemmas"),
    ("characters", "words", "use"),
    ("characters", "words", "e5"),
    ("characters", "words", "lemmas", "use"),
    ("characters", "words", "lemmas", "use", "e5"),
]
# One in this many training lines is held back, because the held-out sets can only evaluate topics, and not questions.
HELD_BACK = 10


class Example(NamedTuple):
    """A training line, its question and its context."""

    question: str
    line: str
    context: str | None


@dataclass(frozen=True)
class Settings:
    """The classifier's settings in config.yml. Without `questions`, it learns only topics."""

    features: Sequence[str]
    strength: float
    context_weight: float
    questions: bool = True


@dataclass
class Trained:
    """A model. Without questions, it answers each topic with its most frequent question."""

    model: QuestionModel
    usual: dict[str, str] = field(default_factory=dict)

    def read(self, lines: Sequence[str], context: Sequence[str | None]) -> list[Reading]:
        return self.model.read(lines, context)

    def question(self, reading: Reading) -> str:
        question = reading.question[0]
        return self.usual.get(question, question)


def configured() -> Settings:
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text())["pipeline"]
    part = next(part for part in pipeline if "features" in part)
    return Settings(part["features"], part["strength"], part["context_weight"])


def examples() -> list[Example]:
    return [Example(question, line, context) for _, question, line, context in training_examples()]


def trained(settings: Settings, lines: Sequence[Example]) -> Trained:
    model = QuestionModel(list(settings.features), settings.strength, settings.context_weight)
    asked = [one.question if settings.questions else topic_of(one.question) for one in lines]
    model.fit([one.line for one in lines], [one.context for one in lines], asked)
    return Trained(model, {} if settings.questions else usual_questions(lines))


def usual_questions(lines: Sequence[Example]) -> dict[str, str]:
    """{topic: the most frequent question of its lines}"""
    counts = Counter(one.question for one in lines)
    return {topic_of(question): question for question, _ in reversed(counts.most_common())}


def share_right(rankings: list[Ranking], intents: list[str]) -> tuple[float, float]:
    """(share of in-scope lines, share of out-of-scope lines) with the right topic."""
    hits = np.array([ranking[0][0] == intent for ranking, intent in zip(rankings, intents, strict=True)])
    outside = np.array([intent == OUT_OF_SCOPE for intent in intents])
    return float(hits[~outside].mean()), float(hits[outside].mean())


def ablation(lines: Sequence[Example]) -> None:
    """Print the accuracy for the topics of the held-out lines, which have no context."""
    settings = configured()
    used = " + ".join(settings.features)
    rows = {" + ".join(features): _with(settings, features=features) for features in COMBINATIONS}
    rows |= {f"{used}, context off": _with(settings, context_weight=0.0)}
    rows |= {f"{used}, questions off": _with(settings, questions=False)}
    print(f"\n{len(lines)} training lines; likeliest topic right, in scope / out of scope\n")
    print(f"| features | {' | '.join(heldout_sets())} | training | a message |")
    print("|---|" + "---|" * (len(heldout_sets()) + 2))
    for label, row in rows.items():
        print(f"| {label} | {_ablation_cells(row, lines)} |", flush=True)


def _with(
    settings: Settings, features: Sequence[str] = (), context_weight: float | None = None, questions: bool = True
) -> Settings:
    weight = settings.context_weight if context_weight is None else context_weight
    return Settings(features or settings.features, settings.strength, weight, questions)


def _ablation_cells(settings: Settings, lines: Sequence[Example]) -> str:
    begin = time.perf_counter()
    model = trained(settings, lines)
    training = time.perf_counter() - begin
    cells, spent, count = [], 0.0, 0
    for name in heldout_sets():
        intents, texts = zip(*heldout_lines(name), strict=True)
        begin = time.perf_counter()
        rankings = [model.read([text], [None])[0].topics for text in texts]
        spent, count = spent + time.perf_counter() - begin, count + len(texts)
        cells.append("{:.3f} / {:.3f}".format(*share_right(rankings, list(intents))))
    return " | ".join([*cells, f"{training:.0f} s", f"{1000 * spent / count:.1f} ms"])


def questions(lines: Sequence[Example]) -> None:
    """Print the effect of contexts and questions on the training lines that are held back."""
    settings = configured()
    rows = {
        "as configured": settings,
        "context off": _with(settings, context_weight=0.0),
        "questions off": _with(settings, questions=False),
    }
    kept = [one for one in lines if not _is_held_back(one.line)]
    back = [one for one in lines if _is_held_back(one.line)]
    print(f"\n{len(back)} training lines held back from {len(kept)}: likeliest topic / question right\n")
    print("| | said first | said after something |\n|---|---|---|")
    for label, row in rows.items():
        model = trained(row, kept)
        first = [one for one in back if one.context is None]
        later = [one for one in back if one.context is not None]
        print(f"| {label} | {_topic_and_question(model, first)} | {_topic_and_question(model, later)} |", flush=True)


def _is_held_back(line: str) -> bool:
    """Whether the line is held back. It depends only on the text, so the line is held back in all of its contexts."""
    return zlib.crc32(line.encode()) % HELD_BACK == 0


def _topic_and_question(model: Trained, lines: Sequence[Example]) -> str:
    readings = model.read([one.line for one in lines], [one.context for one in lines])
    asked = [model.question(reading) for reading in readings]
    topic = np.mean([topic_of(found) == topic_of(one.question) for found, one in zip(asked, lines, strict=True)])
    question = np.mean([found == one.question for found, one in zip(asked, lines, strict=True)])
    return f"{topic:.3f} / {question:.3f}"


def thresholds(lines: Sequence[Example]) -> None:
    """Print the shares of right, asked back and wrong by threshold.

    Only for the first held-out set: a threshold must not be chosen on the others, which the final report uses.
    """
    model = trained(configured(), lines)
    intents, texts = zip(*heldout_lines(heldout_sets()[0]), strict=True)
    rankings = [reading.topics for reading in model.read(list(texts), [None] * len(texts))]
    print(f"\n{heldout_sets()[0]} lines, in scope: right, asked back, wrong; out of scope: recognised, asked back\n")
    print("| threshold | ambiguity | right | asked back | wrong | recognised | asked back |")
    print("|---|---|---|---|---|---|---|")
    for threshold in (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5):
        for ambiguity in (0.0, 0.05, 0.1):
            print(_threshold_row(rankings, list(intents), threshold, ambiguity))


def _threshold_row(rankings: list[Ranking], intents: list[str], threshold: float, ambiguity: float) -> str:
    first = np.array([ranking[0][1] for ranking in rankings])
    second = np.array([ranking[1][1] for ranking in rankings])
    asked = (first < threshold) | (first - second < ambiguity)
    hit = np.array([ranking[0][0] == intent for ranking, intent in zip(rankings, intents, strict=True)])
    outside = np.array([intent == OUT_OF_SCOPE for intent in intents])
    right, back = (hit & ~asked)[~outside].mean(), asked[~outside].mean()
    seen, seen_back = (hit & ~asked)[outside].mean(), asked[outside].mean()
    shares = " | ".join(f"{share:.3f}" for share in (right, back, 1 - right - back, seen, seen_back))
    return f"| {threshold} | {ambiguity} | {shares} |"


if __name__ == "__main__":
    found = examples()
    ablation(found)
    questions(found)
    thresholds(found)
