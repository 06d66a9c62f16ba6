"""The evaluation of a candidate against the live model, before it may become live.

Both classify the held-out lines, and both play the dialogues and golden conversations (console/versions/sandbox.py).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import comb, sqrt
from pathlib import Path
from typing import Any

import yaml

from bot import versions
from bot.nlu.context import topic_of
from bot.nlu.model import QuestionModel
from console import bot_data, reply_checks
from console.training.training_changes import Line
from console.versions import golden, sandbox
from console.versions.dialogues import Demo, all_dialogues, is_satisfied

_Z = 1.96  # 95 %
SIGNIFICANCE_LEVEL = 0.05
# A model's file, and its SHA-256.
Model = tuple[Path, str]


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
    """Lines or dialogues that the live model and the candidate get right, and those on which they differ.

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
        return self.worse > self.better and self.p < SIGNIFICANCE_LEVEL


def held_out_lines() -> list[HeldOut]:
    """The held-out lines of tests/nlu/: for topics, and for questions with their contexts."""
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
    return paired(*(
        [one.is_read_by(read) for one, read in zip(lines, _read_all(model, lines), strict=True)]
        for model in (live, candidate)
    ))  # fmt: skip


def paired(live: Sequence[bool], candidate: Sequence[bool]) -> Comparison:
    """The comparison, from whether each model is right on each line or dialogue."""
    count = len(live)
    better = sum(new and not old for old, new in zip(live, candidate, strict=True))
    worse = sum(old and not new for old, new in zip(live, candidate, strict=True))
    margin = _Z * sqrt(max(better + worse - (better - worse) ** 2 / max(count, 1), 0)) / max(count, 1)
    return Comparison(count, sum(live), sum(candidate), better, worse, mcnemar(better, worse), margin)


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


def figures(live: QuestionModel, candidate: QuestionModel, taught: Sequence[Line]) -> dict[str, Any]:
    """JSON for `Version.figures`: the figures of the lines."""
    corrected = sum(line.heading.startswith("intent: ") for line in taught)
    wrong = wrong_lines(candidate, taught)
    return {"held_out": _json(compare(live, candidate, held_out_lines())), "corrected": corrected, "wrong": wrong}


def fact_figures(candidate: Path) -> dict[str, Any]:
    """JSON for `Version.figures`: the questions, added ones included, whose replies do not state the shop's facts."""
    replies = versions.replies_of(candidate) | bot_data.replies()
    untold = [name for name, *_ in reply_checks.untold_facts(replies)]
    wrong = [name for name, *_ in reply_checks.ungiven_figures(replies)]
    return {
        "facts": {
            "facts": len(reply_checks.facts()),
            "wrong": sorted({name.removeprefix("utter_") for name in (*untold, *wrong)}),
        }
    }


def played_figures(live: Model, candidate: Model) -> dict[str, Any]:
    """JSON for `Version.figures`: of the dialogues and golden conversations, or why they were not played."""
    try:
        with sandbox.bots([live, candidate]) as (bots, entries):
            return _dialogue_figures(bots, Demo(entries)) | _golden_figures(bots, golden.Orders(entries))
    except sandbox.NotPlayed as fault:
        return {"not_played": str(fault)}


def _dialogue_figures(bots: Sequence[sandbox.Bot], demo: Demo) -> dict[str, Any]:
    """The comparison of dialogues that satisfy in every turn, and the number of satisfying turns.

    McNemar's test needs independent cases, so it compares dialogues: the turns of one are not independent.
    """
    dialogues = all_dialogues()
    played = sandbox.play(bots, {one["id"]: [demo.fill(turn["user"]) for turn in one["turns"]] for one in dialogues})
    turns = [[is_satisfied(one, answers[one["id"]], demo) for one in dialogues] for answers in played]
    whole = paired(*([all(one) for one in of_bot] for of_bot in turns))
    return {"dialogues": _json(whole) | {"turns": [sum(map(sum, of_bot)) for of_bot in turns],
                                         "all_turns": sum(map(len, turns[0]))}}  # fmt: skip


def _golden_figures(bots: Sequence[sandbox.Bot], orders: golden.Orders) -> dict[str, Any]:
    conversations = golden.playable()
    played = sandbox.play(bots, {one.name: golden.texts(one, orders) for one in conversations})
    right = sum(golden.is_right(one, played[1][one.name], orders) for one in conversations)
    changes = [*golden.changes(conversations, orders, *played)]
    return {"golden": {"conversations": len(conversations), "right": right, "changes": changes}}


def _json(found: Comparison) -> dict[str, Any]:
    return asdict(found) | {"is_worse": found.is_worse}


def _read_all(model: QuestionModel, lines: Sequence[HeldOut]) -> list[str]:
    if not lines:
        return []
    read = model.read([one.text for one in lines], [one.after or None for one in lines])
    return [one.question[0] for one in read]


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
