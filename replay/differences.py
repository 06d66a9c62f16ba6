"""Stores the messages whose answer changes, those with the same words and the same change as one."""

import hashlib

from console import bot_data
from console.models import Correction, Difference, Replay, Turn, Verdict
from replay.comparison import Change


def store(replay: Replay, changes: dict[int, Change]) -> None:
    wanted = dict(Correction.objects.filter(turn__in=changes, entity="").values_list("turn", "intent"))
    new: dict[str, Difference] = {}
    for turn in Turn.objects.filter(pk__in=changes).select_related("thread"):
        row = _difference(replay, turn, changes[turn.pk], wanted.get(turn.pk, ""))
        new[row.digest] = _merged(new[row.digest], row) if row.digest in new else row
    for stored in replay.differences.filter(digest__in=new):
        _merged(stored, new.pop(stored.digest)).save()
    Difference.objects.bulk_create(new.values())


def _difference(replay: Replay, turn: Turn, change: Change, wanted: str) -> Difference:
    """The difference, already judged if a correction says which of the two questions is right."""
    question = bot_data.question_of(wanted) if wanted else ""
    known = {change.read_before: Difference.Judgement.WORSE, change.read_after: Difference.Judgement.BETTER}
    names = change.before, change.after
    return Difference(
        replay=replay,
        turn=turn,
        before=change.before,
        after=change.after,
        digest=hashlib.sha256("\n".join([bot_data.normalised(turn.text), *names]).encode()).hexdigest(),
        wanted=question,
        reviewed=bool(wanted or turn.thread.verdict != Verdict.NONE),
        judgement=known.get(question, Difference.Judgement.NONE) if len(known) > 1 else Difference.Judgement.NONE,
    )


def _merged(first: Difference, other: Difference) -> Difference:
    """Two differences with the same words and change as one; a reviewed message is shown for both."""
    first.times += other.times
    if other.reviewed and not first.reviewed:
        first.turn, first.reviewed, first.wanted = other.turn, True, other.wanted
        first.judgement = first.judgement or other.judgement
    return first
