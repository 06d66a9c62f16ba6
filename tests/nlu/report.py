"""`make test-nlu`: better or worse than the accepted report? On lines and dialogues whose authors never saw data/.

For each set of lines: right, asked back (the bot offers choices), wrong, and the share of out-of-scope lines that was
recognised; for lines with questions: the share of right questions, with and without context; for dialogues: the share
of satisfying turns. `make accept-nlu` stores the report for later comparisons, in tests/nlu/accepted.json. Confusion
matrices are drawn in var/nlu/.
"""

import asyncio
import json
import logging
import sys
import tempfile
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from actions.reinterpretation import included
from bot import runtime_env
from harness.project import ROOT, heldout_lines, heldout_questions, heldout_sets, heldout_several

MODEL = ROOT / "models" / "pixmania.tar.gz"
PICTURES = ROOT / "var" / "nlu"
ACCEPTED = ROOT / "tests" / "nlu" / "accepted.json"
OUT_OF_SCOPE = "out_of_scope"
ASKED_BACK = "nlu_fallback"
# A line's context → what a form asks for: (form, slot).
FORMS = {
    "ask_order_number": ("order_form", "order_number"),
    "ask_email": ("order_form", "email"),
    "ask_tradein_number": ("tradein_form", "tradein_number"),
    "ask_slip": ("damage_form", "slip_noted"),
    "ask_photos": ("damage_form", "photos_taken"),
}
# {figure: (right, total)}
Figures = dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Reading:
    """A line with its author's and the model's intent or question."""

    line: str
    intent: str
    read: str
    confidence: float


@dataclass(frozen=True)
class Scores:
    """Shares of the in-scope lines, and the share of out-of-scope lines that was recognised or asked back."""

    right: float
    asked_back: float
    wrong: float
    out_of_scope: float
    out_of_scope_asked: float


def readings(lines: list[tuple[str, str]], model: Path = MODEL) -> list[Reading]:
    """The model's classification of each (intent, line) without context."""
    parsed = _parsed([(line, None) for _, line in lines], model)
    return [
        Reading(line, intent, found["intent"]["name"], found["intent"]["confidence"])
        for (intent, line), found in zip(lines, parsed, strict=True)
    ]


def question_readings(lines: list[tuple[str, str, str | None]], model: Path = MODEL) -> list[Reading]:
    """The likeliest question of each (question, line, context)."""
    parsed = _parsed([(line, before) for _, line, before in lines], model)
    return [
        Reading(line, question, found["question"], found["question_ranking"][0]["confidence"])
        for (question, line, _), found in zip(lines, parsed, strict=True)
    ]


def several_figures(model: Path = MODEL) -> Figures:
    """Right messages with several questions (all topics answered or offered) and with one (no other topic found)."""
    from bot.nlu.multi_intent import MAX_QUESTIONS  # it imports NumPy, which `_agent` configures first

    lines = heldout_several()
    parsed = _parsed([(line, before) for _, line, before in lines], model)
    found = {"several questions": [0, 0], "one question": [0, 0]}
    for (questions, line, _), message in zip(lines, parsed, strict=True):
        several = len(questions) > 1
        read = [message["question"], *message["further_questions"]]
        # A question that a part only implies is offered as a button. One answer may include another
        # (actions/included.yml).
        answered = {*read, *message["offered_questions"], *(one for each in read for one in included().get(each, []))}
        enough = len(answered) >= min(len(questions), MAX_QUESTIONS)
        right = enough and topics_of(answered) >= topics_of(questions) if several else len(read) == 1
        counts = found["several questions" if several else "one question"]
        counts[0], counts[1] = counts[0] + right, counts[1] + 1
        if not right:
            print(f"    {' + '.join(questions)} → {' + '.join(read)}: {line[:110]}")
    return {name: (right, count) for name, (right, count) in found.items()}


def topics_of(questions: Iterable[str]) -> set[str]:
    return {question.partition("/")[0] for question in questions}


def _parsed(lines: list[tuple[str, str | None]], model: Path) -> list[dict[str, Any]]:
    """Rasa's reading of each line, after a conversation with this context."""
    agent = _agent(model)
    from rasa.core.channels.channel import UserMessage
    from rasa.shared.core.events import ActiveLoop, SlotSet
    from rasa.shared.core.trackers import DialogueStateTracker

    def conversation(before: str | None) -> DialogueStateTracker:
        tracker = DialogueStateTracker.from_events("report", [], agent.domain.slots)
        if before in FORMS:
            form, slot = FORMS[before]
            tracker.update_with_events([ActiveLoop(form), SlotSet("requested_slot", slot)], agent.domain)
        elif before:
            tracker.update_with_events([SlotSet("question", before)], agent.domain)
        return tracker

    async def read_all() -> list[dict[str, Any]]:
        processor = agent.processor
        assert processor is not None
        return [await processor.parse_message(UserMessage(line), conversation(before)) for line, before in lines]

    return asyncio.run(read_all())


@cache
def _agent(model: Path) -> Any:
    """Loaded once for all sets of lines."""
    runtime_env.configure(threads=1)
    _quiet()
    from rasa.core.agent import Agent

    return Agent.load(model)


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
    """The confusion matrix: rows are the intended intents, columns the model's."""
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
    _print_wrong([reading for reading in found if reading.read not in (reading.intent, ASKED_BACK)])


def _print_wrong(wrong: list[Reading]) -> None:
    pairs = Counter((reading.intent, reading.read) for reading in wrong)
    for (meant, read), count in pairs.most_common(8):
        print(f"  {count} × {meant} read as {read}")
    for reading in wrong:
        print(f"    {reading.confidence:.2f} {reading.intent} → {reading.read}: {reading.line[:110]}")


def line_figures() -> Figures:
    """Right readings by set, by topic, and of the questions."""
    figures: Figures = {}
    for name in heldout_sets():
        found = readings(heldout_lines(name))
        print_report(name, found)
        picture(found, PICTURES / f"{name}.png")
        for intent in sorted({reading.intent for reading in found}):
            of = [reading for reading in found if reading.intent == intent]
            figures[f"{name} {intent}"] = (sum(reading.read == intent for reading in of), len(of))
        inside = [reading for reading in found if reading.intent != OUT_OF_SCOPE]
        figures[f"{name}: in scope"] = (sum(reading.read == reading.intent for reading in inside), len(inside))
    lines = heldout_questions()
    found = question_readings(lines)
    print(f"\nquestions: {len(found)} lines")
    _print_wrong([reading for reading in found if reading.read != reading.intent])
    for name, wanted in (("first messages", False), ("in context", True)):
        of = [reading for reading, (*_, before) in zip(found, lines, strict=True) if bool(before) is wanted]
        figures[f"questions, {name}"] = (sum(reading.read == reading.intent for reading in of), len(of))
    print("\nseveral questions in a message")
    return figures | {f"questions, {name}": counts for name, counts in several_figures().items()}


def dialogue_figures() -> Figures:
    """Satisfying turns by kind, and fully satisfying dialogues, with isolated processes."""
    from console.versions.dialogues import Demo
    from harness.processes import running
    from tests.nlu.dialogues import by_kind, play, shown, summary

    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as processes:
        senders: dict[str, str] = {}

        def say(dialogue: str, text: str) -> str:
            sender = senders.setdefault(dialogue, uuid.uuid4().hex)
            return "\n".join(shown(reply) for reply in processes.say(sender, text))

        played = play(say, Demo(json.loads(processes.manage("demo", "--json"))))
    for turn in played:
        if turn.faults:
            print(f"  {turn.dialogue}/{turn.turn} {turn.user!r}: {turn.reply[:160]!r}")
    shares, count = summary(played), len({turn.dialogue for turn in played})
    return {f"dialogues, {kind}": figures for kind, figures in by_kind(played).items()} | {
        "dialogues: turns": (round(shares["turns"] * len(played)), len(played)),
        "dialogues: whole": (round(shares["dialogues"] * count), count),
        "dialogues: understood": (round((1 - shares["not_understood"]) * len(played)), len(played)),
    }


def print_comparison(figures: Figures) -> None:
    """What is better or worse than in the accepted report, and by how much."""
    before = json.loads(ACCEPTED.read_text()) if ACCEPTED.exists() else {}
    print(f"\n{'':44}{'now':>12}{'accepted':>12}")
    for name, (right, count) in figures.items():
        then = before.get(name)
        change = right - then[0] if then and then[1] == count else 0
        if change or ":" in name or name.startswith("questions"):
            accepted = f"{then[0]}/{then[1]}" if then else "–"
            verdict = f"   better by {change}" if change > 0 else f"   worse by {-change}" if change < 0 else ""
            print(f"{name:44}{f'{right}/{count}':>12}{accepted:>12}{verdict}")


def _quiet() -> None:
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)


def main() -> None:
    figures = line_figures() | dialogue_figures()
    print_comparison(figures)
    print(f"\nConfusion matrices: {PICTURES.relative_to(ROOT)}/")
    if "--accept" in sys.argv[1:]:
        ACCEPTED.write_text(json.dumps(figures, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
        print(f"Kept as {ACCEPTED.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
