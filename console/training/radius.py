"""The blast radius of a correction: the other real messages that it would reclassify.

Estimated by nearest neighbours: a message follows the new line if it is more similar to it than to every training line
of its current question. Whether that is better is known for messages with a verdict or a correction.
"""

from dataclasses import dataclass
from datetime import timedelta

from console import bot_data
from console.computing.worker import compute
from console.models import Correction, Turn, Verdict
from shop import clock

MESSAGES = 3_000
SINCE = timedelta(days=90)
SHOWN = 20


@dataclass(frozen=True)
class Changed:
    """A message that would be reclassified. `effect`: better, worse or unsure."""

    turn: Turn
    before: str
    similarity: float
    effect: str


def blast_radius(text: str, question: str, excluded: int = 0) -> list[Changed]:
    """The latest messages that would be read as `question` too, the most similar first, without the turn `excluded`.

    Raises NotComputed.
    """
    turns = _recent(question, excluded)
    if not turns:
        return []
    found = compute("similarity", "followers", text, [(turn.text, turn.question) for turn in turns], 4 * SHOWN)
    return [
        Changed(turns[i], turns[i].question, similarity, _effect(turns[i], question)) for i, similarity in found[:SHOWN]
    ]


def _recent(question: str, excluded: int) -> list[Turn]:
    """The latest messages with another classification."""
    turns = Turn.objects.filter(at__gte=clock.now() - SINCE, pressed=False).exclude(pk=excluded)
    latest = turns.select_related("thread").order_by("-at")[:MESSAGES]
    alike = (question, bot_data.topic_of(question))
    return list({turn.text: turn for turn in latest if turn.question not in alike}.values())


def _effect(turn: Turn, question: str) -> str:
    corrected = Correction.objects.filter(turn=turn).values_list("intent", flat=True).first()
    if corrected:
        return "better" if bot_data.question_of(corrected) == question else "worse"
    return "worse" if turn.thread.verdict == Verdict.GOOD else "unsure"
