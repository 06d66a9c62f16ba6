"""Compares a candidate with the live model on held-out lines, before it is put into service."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import comb, sqrt
from pathlib import Path
from typing import Any

import yaml

from bot.nlu.model import QuestionModel, topic_of
from console import bot_data
from console.training.lessons import Line

_Z = 1.96  # 95 %
SURE = 0.05


@dataclass(frozen=True)
class HeldOut:
    """A line by an author who never saw data/. `expected`: a question, or a topic alone."""

    text: str
    after: str
    expected: str

    def is_read_by(self, question: str) -> bool:
        return question == self.expected or topic_of(question) == self.expected


@dataclass(frozen=True)
class Comparison:
    """Lines that the live model and the candidate read right, and those on which they differ.

    `p`: the p-value of McNemar's exact test, with equally good models as null hypothesis; `margin`: of the difference
    at 95 %, as a share.
    """

    lines: int
    live: int
    candidate: int
    better: int
    worse: int
    p: float
    margin: float

    @property
    def is_worse(self) -> bool:
        return self.worse > self.better and self.p < SURE


def held_out_lines() -> list[HeldOut]:
    """Of tests/nlu/: topics, and questions in their contexts."""
    found = [
        HeldOut(line, "", topic)
        for path in sorted(bot_data.HELD_OUT.glob("*.yml"))
        for topic, lines in _read(path).items()
        for line in lines
    ]
    questions = _read(bot_data.HELD_OUT / "questions" / "held_out.yml")
    return found + [HeldOut(line, after or "", q) for q, lines in questions.items() for after, line in lines]


def compare(live: QuestionModel, candidate: QuestionModel, lines: Sequence[HeldOut]) -> Comparison:
    """The comparison of both models on all lines, each in its context."""
    right = [[one.is_read_by(read) for one, read in zip(lines, _read_all(model, lines), strict=True)]
             for model in (live, candidate)]  # fmt: skip
    better = sum(new and not old for old, new in zip(*right, strict=True))
    worse = sum(old and not new for old, new in zip(*right, strict=True))
    margin = _Z * sqrt(max(better + worse - (better - worse) ** 2 / max(len(lines), 1), 0)) / max(len(lines), 1)
    return Comparison(len(lines), sum(right[0]), sum(right[1]), better, worse, mcnemar(better, worse), margin)


def mcnemar(better: int, worse: int) -> float:
    """The exact two-sided p-value: how likely so uneven a split of the differing lines is, if both are equally good."""
    both, fewer = better + worse, min(better, worse)
    return float(min(1.0, 2 * sum(comb(both, k) for k in range(fewer + 1)) / 2**both))


def wrong_lines(candidate: QuestionModel, lines: Sequence[Line]) -> list[str]:
    """The corrections that the candidate still classifies wrongly."""
    asked = [line for line in lines if line.heading.startswith("intent: ")]
    held = [HeldOut(line.text, line.after, line.heading.removeprefix("intent: ")) for line in asked]
    read = _read_all(candidate, held)
    return [one.text for one, question in zip(held, read, strict=True) if not one.is_read_by(question)]


def figures(live: QuestionModel, candidate: QuestionModel, lessons: Sequence[Line]) -> dict[str, Any]:
    """JSON for `Version.figures`."""
    found = compare(live, candidate, held_out_lines())
    corrected = sum(line.heading.startswith("intent: ") for line in lessons)
    wrong = wrong_lines(candidate, lessons)
    return {"held_out": asdict(found) | {"is_worse": found.is_worse}, "corrected": corrected, "wrong": wrong}


def _read_all(model: QuestionModel, lines: Sequence[HeldOut]) -> list[str]:
    if not lines:
        return []
    read = model.read([one.text for one in lines], [one.after or None for one in lines])
    return [one.question[0] for one in read]


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
