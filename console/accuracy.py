"""Accuracy: the share of judged messages that the bot classified, or answered, as the judge's question.

Computed from the weekly samples (console/judging.py). If a message has two judgements, the first one counts for the
accuracy, and both for the agreement. The interval is Wilson's at 95 %, which is also valid for few messages and for
shares near 100 %.
"""

import math
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models.fields.json import KeyTextTransform

from console import bot_data
from console.automation import INSTALLED, names_of_models
from console.models import Judgement
from console.statistics import Period
from shop import formatting

Z = 1.96
# A follow-up counts as the question that it continues: « c’est où ? » after an answer about the invoice.
FOLLOW_UP = "follow_up"
# The fields of a judged message: its week, the model that classified it, and the arguments of `_read_right`.
_TURN = "sampled__turn__"
_READ = (
    "sampled__week", f"{_TURN}model", f"{_TURN}intent", f"{_TURN}entities",
    KeyTextTransform("question", f"{_TURN}slots"),
)  # fmt: skip


@dataclass
class Accuracy:
    """How many messages were judged, and how many of them the bot classified right."""

    judged: int = 0
    right: int = 0

    @property
    def share(self) -> float | None:
        return self.right / self.judged if self.judged else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson (1927), at 95 %."""
        return wilson(self.right, self.judged) if self.judged else None

    @property
    def range(self) -> str:
        """« 80 à 92 % »"""
        return f"{round(100 * self.interval[0])} à {formatting.percent(self.interval[1])}" if self.interval else ""

    def count(self, is_right: bool) -> None:
        self.judged += 1
        self.right += is_right


@dataclass
class AccuracyReport:
    """`unsure`: messages whose judge could not tell; they are not counted elsewhere.

    `pairs`: the two questions of messages that two people judged.
    """

    total: Accuracy = field(default_factory=Accuracy)
    unsure: int = 0
    by: dict[str, dict[str, Accuracy]] = field(default_factory=dict)
    pairs: list[tuple[str, str]] = field(default_factory=list)


def accuracy_report(period: Period, topic: str = "") -> AccuracyReport:
    """The accuracy of the weeks that begin in the period; two queries, for a hundred messages a week."""
    judged = Judgement.objects.filter(sampled__week__gte=period.first, sampled__week__lte=period.last)
    rows: Any = judged.order_by("sampled__week", "sampled", "pk").values_list("sampled", "question", *_READ)
    found = AccuracyReport()
    groups: dict[str, dict[Any, Accuracy]] = {
        name: defaultdict(Accuracy) for name in ("semaine", "sujet", "question", "version")
    }
    versions = names_of_models()
    for _, of_message in groupby(rows, key=itemgetter(0)):
        (_, question, week, model, *read), *others = of_message
        chosen = [question, *(row[1] for row in others)]
        if topic and bot_data.topic_of(chosen[0]) != topic:
            continue
        if len(chosen) > 1 and all(chosen[:2]):
            found.pairs.append((chosen[0], chosen[1]))
        if not chosen[0]:
            found.unsure += 1
            continue
        is_right = _read_right(chosen[0], *read)
        found.total.count(is_right)
        names = (week, bot_data.topic_of(chosen[0]), chosen[0], versions.get(model, INSTALLED))
        for group, name in zip(groups.values(), names, strict=True):
            group[name].count(is_right)
    weeks = groups.pop("semaine")
    found.by = {"semaine": {_week(week): one for week, one in weeks.items()}}
    for kind, group in groups.items():
        most_first = sorted(group.items(), key=lambda row: -row[1].judged)
        found.by[kind] = {name if kind == "version" else bot_data.intent_title(name): one for name, one in most_first}
    return found


def _read_right(question: str, intent: str, entities: list[dict[str, Any]], answered: object) -> bool:
    """Whether the bot classified the message as this question, or answered it (`answered`) as a follow-up."""
    read = {bot_data.question_of(bot_data.classified_question(intent, entities))}
    if intent == FOLLOW_UP:
        read.add(str(answered))
    return bot_data.question_of(question) in read


def wilson(right: int, judged: int) -> tuple[float, float]:
    """The interval of a share at 95 %."""
    share, spread = right / judged, Z * Z / judged
    centre = share + spread / 2
    half = Z * math.sqrt(share * (1 - share) / judged + spread / judged / 4)
    return max(0.0, (centre - half) / (1 + spread)), min(1.0, (centre + half) / (1 + spread))


def _week(monday: date) -> str:
    return formatting.short_date(monday)
