"""The data of the charts that statistics.js draws: rates in per cent, waits in seconds, null if there is none."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

from console import bot_data
from console.accuracy import Accuracy, AccuracyReport
from console.automation import Automation, AutomationReport
from console.models import Outcome
from console.statistics import Figures, Report
from shop import formatting

# The rows of a chart by question or version: the most frequent ones, because more cannot be read at a glance.
MAX_BARS = 12


def of_conversations(spans: list[tuple[date, Figures]], found: Report, topic: str) -> dict[str, Any]:
    figures = [one for _, one in spans]
    topics = [(bot_data.intent_title(name), one.conversations) for name, one in found.topics if topic in ("", name)]
    return {
        "days": [f"{day.day}/{day.month:02}" for day, _ in spans],
        "outcomes": [
            {"name": outcome, "label": label, "values": [one.outcomes[outcome] for one in figures]}
            for outcome, label in Outcome.choices
        ],
        "rates": [
            _line("good", "répondu par l’assistant", [percent(one.containment) for one in figures]),
            _line("info", "transmises", [percent(one.escalation) for one in figures]),
            _line("bad", "sans réponse", [percent(one.fallback) for one in figures]),
            _line("warn", "reformulées", [percent(one.asking_back) for one in figures]),
        ],
        "ratings": [_line("good", "utiles", [percent(one.satisfaction) for one in figures])],
        "waits": [
            _line("info", "médiane", [one.median for one in figures]),
            _line("warn", "95 % des réponses", [one.p95 for one in figures]),
        ],
        "topics": {"labels": [name for name, _ in topics], "values": [number for _, number in topics]},
    }


def of_automation(begins: list[date], found: AutomationReport) -> dict[str, Any]:
    figures = [found.spans.get(begin, Automation()) for begin in begins]
    topics = found.by["sujet"].values()
    return {
        "automation": [
            _line("good", "automatisation", [percent(one.automation) for one in figures]),
            _line("info", "résolues, parmi celles de l’assistant", [percent(one.resolution) for one in figures]),
        ],
        "resolved": {
            "labels": list(found.by["sujet"]),
            "sets": [
                _line("good", "confirmées", [one.confirmed for one in topics]),
                _line("info", "supposées", [one.assumed for one in topics]),
                _line("line", "non résolues", [one.conversations - one.resolved for one in topics]),
            ],
        },
        "automation_question": _automated(found.by["question"]),
        "automation_version": _automated(found.by["version"]),
    }


def _automated(rows: Mapping[str, Automation]) -> dict[str, Any]:
    """Bars of two parts, whose sum is the automation."""
    most = dict(islice(rows.items(), MAX_BARS))
    return {
        "labels": list(most),
        "counts": [_counted(one.conversations, "conversation", "conversations") for one in most.values()],
        "sets": [
            _line("good", "confirmées", [_part(one.confirmed, one.conversations) for one in most.values()]),
            _line("info", "supposées", [_part(one.assumed, one.conversations) for one in most.values()]),
        ],
    }


def of_accuracy(found: AccuracyReport) -> dict[str, Any]:
    weeks = found.by["semaine"]
    bounds = [one.interval or (None, None) for one in weeks.values()]
    sets = [
        _line("good", "exactitude", [percent(one.share) for one in weeks.values()]),
        _line("line", "au moins (95 %)", [percent(low) for low, _ in bounds]),
        _line("soft", "au plus (95 %)", [percent(high) for _, high in bounds]),
    ]
    return {
        "accuracy": {"weeks": [f"semaine du {week[:5]}" for week in weeks], "sets": sets},
        "accuracy_question": _accurate(found.by["question"]),
        "accuracy_version": _accurate(found.by["version"]),
    }


def _accurate(rows: Mapping[str, Accuracy]) -> dict[str, Any]:
    """Bars with their intervals at 95 %."""
    most = dict(islice(rows.items(), MAX_BARS))
    return {
        "labels": list(most),
        "counts": [_counted(one.judged, "message jugé", "messages jugés") for one in most.values()],
        "sets": [_line("good", "exactitude", [percent(one.share) for one in most.values()])],
        "margins": [[percent(bound) for bound in one.interval or ()] for one in most.values()],
    }


def _line(colour: str, label: str, values: Sequence[float | None]) -> dict[str, Any]:
    """`colour`: a variable of console.css, without its dashes."""
    return {"name": colour, "label": label, "values": values}


def _counted(count: int, one: str, several: str) -> str:
    return f"{formatting.number(count)} {several if count > 1 else one}"


def _part(part: int, whole: int) -> float | None:
    return percent(part / whole) if whole else None


def percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)
