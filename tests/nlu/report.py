"""`make test-nlu`: what the trained model understands of lines whose authors never saw the training data.

Right, asked back (the bot asks « Parlez-vous de… ? »), wrong, and how much of what is out of scope is recognised; the
worst confusions; a confusion matrix as a picture in var/nlu/.
"""

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.project import ROOT, heldout_lines, heldout_sets

MODEL = ROOT / "models" / "pixmania.tar.gz"
PICTURES = ROOT / "var" / "nlu"
OUT_OF_SCOPE = "out_of_scope"
ASKED_BACK = "nlu_fallback"


@dataclass(frozen=True)
class Reading:
    """One line, its author's intent and the model's."""

    line: str
    intent: str
    read: str
    confidence: float


@dataclass(frozen=True)
class Scores:
    """Shares of the in-scope lines, and the share of the out-of-scope ones that were recognised or asked about."""

    right: float
    asked_back: float
    wrong: float
    out_of_scope: float
    out_of_scope_asked: float


def readings(lines: list[tuple[str, str]], model: Path = MODEL) -> list[Reading]:
    """What the model at `model` reads in each (intent, line)."""
    _quiet()
    from rasa.core.agent import Agent

    agent = Agent.load(model)

    async def read_all() -> list[Reading]:
        found = []
        for intent, line in lines:
            read = (await agent.parse_message(line))["intent"]
            found.append(Reading(line, intent, read["name"], read["confidence"]))
        return found

    return asyncio.run(read_all())


def scores(found: list[Reading]) -> Scores:
    inside = [reading for reading in found if reading.intent != OUT_OF_SCOPE]
    outside = [reading for reading in found if reading.intent == OUT_OF_SCOPE]
    right = sum(reading.read == reading.intent for reading in inside) / len(inside)
    asked = sum(reading.read == ASKED_BACK for reading in inside) / len(inside)
    return Scores(
        right,
        asked,
        1 - right - asked,
        sum(reading.read == OUT_OF_SCOPE for reading in outside) / len(outside),
        sum(reading.read == ASKED_BACK for reading in outside) / len(outside),
    )


def picture(found: list[Reading], path: Path) -> None:
    """The confusion matrix: a row for what was meant, a column for what was read."""
    import matplotlib

    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    names = sorted({reading.intent for reading in found} | {reading.read for reading in found})
    counts = Counter((reading.intent, reading.read) for reading in found)
    rows = [[counts[meant, read] for read in names] for meant in names]
    figure, axes = plt.subplots(figsize=(14, 13))
    axes.imshow(rows, cmap="Blues")
    axes.set_xticks(range(len(names)), names, rotation=90)
    axes.set_yticks(range(len(names)), names)
    for y, row in enumerate(rows):
        for x, count in enumerate(row):
            if count:
                axes.text(x, y, count, ha="center", va="center", color="white" if count > 8 else "black", fontsize=7)
    axes.set_xlabel("read")
    axes.set_ylabel("meant")
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def print_report(name: str, found: list[Reading]) -> None:
    result = scores(found)
    print(f"\n{name}: {len(found)} lines")
    print(f"  in scope      right {result.right:.1%}  asked back {result.asked_back:.1%}  wrong {result.wrong:.1%}")
    print(f"  out of scope  recognised {result.out_of_scope:.1%}  asked back {result.out_of_scope_asked:.1%}")
    wrong = [reading for reading in found if reading.read not in (reading.intent, ASKED_BACK)]
    pairs = Counter((reading.intent, reading.read) for reading in wrong)
    for (meant, read), count in pairs.most_common(8):
        print(f"  {count} × {meant} read as {read}")
    for reading in wrong:
        print(f"    {reading.confidence:.2f} {reading.intent} → {reading.read}: {reading.line[:110]}")


def _quiet() -> None:
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)


if __name__ == "__main__":
    for name in heldout_sets():
        found = readings(heldout_lines(name))
        print_report(name, found)
        picture(found, PICTURES / f"{name}.png")
    print(f"\nConfusion matrices: {PICTURES.relative_to(ROOT)}/")
