"""« Ce que le bot ne comprend pas »: the unanswered messages of the last days, in groups by subject.

When a message is corrected or collected as an open question (open_questions.py), it is removed from the list together
with all messages of the same words.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet

from console import bot_data
from console.computing import COMPARED_CHARACTERS
from console.computing.worker import compute
from console.models import Asking, Correction, Turn
from shop import clock

# Maximum number of distinct messages per clustering, whose cost is quadratic.
MAX_MESSAGES = 800
DAYS = (7, 30, 90)
_CORRECTED, _COLLECTED = Q(corrections__entity=""), Q(asking__isnull=False)


@dataclass(frozen=True)
class Wording:
    """Messages with the same words: the latest of them, and their number."""

    turn: Turn
    count: int


@dataclass(frozen=True)
class Unanswered:
    """Groups, the largest first, each with its most typical wording first; and the other messages, the latest first."""

    groups: list[list[Wording]]
    alone: list[Wording]


def unanswered(days: int) -> Unanswered:
    """The unanswered messages of the last `days` days. Raises NotComputed."""
    latest = list(latest_unanswered(days).only("thread_id", "seq", "at", "text")[: 4 * MAX_MESSAGES])
    by_key: dict[str, list[Turn]] = {}
    for turn in latest:
        by_key.setdefault(key_of(turn), []).append(turn)
    settled = _handled_keys()
    wordings = [Wording(same[0], len(same)) for key, same in by_key.items() if key not in settled][:MAX_MESSAGES]
    if not wordings:
        return Unanswered([], [])
    found = compute("clustering", "grouped", [one.turn.text[:COMPARED_CHARACTERS] for one in wordings])
    grouped = {i for members in found for i in members}
    groups = [[wordings[i] for i in members] for members in found]
    groups.sort(key=lambda group: -sum(one.count for one in group))
    return Unanswered(groups, [one for i, one in enumerate(wordings) if i not in grouped])


def latest_unanswered(days: int) -> QuerySet[Turn]:
    """The latest first."""
    return Turn.objects.filter(unanswered=True, pressed=False, at__gte=clock.now() - timedelta(days=days)).order_by(
        "-at"
    )


def unhandled(ids: list[int]) -> list[Turn]:
    """The messages that were not corrected or collected meanwhile."""
    found = Turn.objects.filter(pk__in=ids, form_input=False, pressed=False)
    return list(found.exclude(_CORRECTED).exclude(_COLLECTED).select_related("thread"))


def same_words(turns: Iterable[Turn]) -> list[Turn]:
    """These messages, and other unanswered ones in the same words."""
    given = list(turns)
    keys, ids = {key_of(turn) for turn in given}, {turn.pk for turn in given}
    others = latest_unanswered(max(DAYS)).exclude(_CORRECTED).exclude(_COLLECTED)[: 4 * MAX_MESSAGES]
    return given + [turn for turn in others if turn.pk not in ids and key_of(turn) in keys]


def key_of(turn: Turn) -> str:
    """The normalised words: messages with equal keys count as the same question."""
    return _key(turn.text)


def _key(text: str) -> str:
    return bot_data.normalised(text[:COMPARED_CHARACTERS])


def _handled_keys() -> set[str]:
    """The keys of corrected and collected messages, found through their own tables, which are much smaller."""
    found = Correction.objects.filter(entity=""), Asking.objects.all()
    return {_key(text) for rows in found for text in rows.values_list("turn__text", flat=True)}
