"""Bulk actions on conversations, and their undo.

They lock and change SIZE conversations at a time, so that customers do not wait for thousands of row locks.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Prefetch, QuerySet

from console import flags
from console.models import BulkChange, Decision, Facet, FacetKind, Flag, Thread, Verdict
from shop import clock

SIZE = 500
# How long a change can be undone.
KEPT = timedelta(days=1)
_VERDICT = ["verdict", "reviewed_by", "reviewed_at"]


def judged_by_others(found: QuerySet[Thread], verdict: Verdict, user: User) -> QuerySet[Thread]:
    """The conversations to which another user gave another verdict."""
    return found.exclude(verdict__in=["", verdict]).exclude(reviewed_by=user)


def judge(found: QuerySet[Thread], verdict: Verdict, user: User, *, replace: bool) -> BulkChange:
    """Give the conversations this verdict, and record the decisions. `replace`: also replace other users' verdicts."""
    change = BulkChange(user=user, action="judge", value=verdict)

    def work(chunk: QuerySet[Thread]) -> list[int]:
        theirs = set() if replace else set(judged_by_others(chunk, verdict, user).values_list("pk", flat=True))
        rows = [one for one in chunk.exclude(verdict=verdict) if one.pk not in theirs]
        _decide(rows, [verdict] * len(rows), user, change.at)
        return [one.pk for one in rows]

    return _applied(change, found, work)


def tag(found: QuerySet[Thread], name: str, user: User) -> BulkChange:
    """Add this tag to those that do not have it."""

    def work(chunk: QuerySet[Thread]) -> list[int]:
        tagged = Facet.objects.filter(kind=FacetKind.TAG, value=name).values("thread")
        rows = list(chunk.exclude(pk__in=tagged))
        Facet.objects.bulk_create(
            Facet(thread=one, kind=FacetKind.TAG, value=name, started_at=one.started_at) for one in rows
        )
        return [one.pk for one in rows]

    return _applied(BulkChange(user=user, action="tag", value=name), found, work)


def flag(found: QuerySet[Thread], text: str, user: User, to: User | None) -> BulkChange:
    def work(chunk: QuerySet[Thread]) -> list[int]:
        made = [Flag(thread=one, user=user, text=text, assigned_to=to) for one in chunk]
        return [one.pk for one in Flag.objects.bulk_create(made)]

    return _applied(BulkChange(user=user, action="flag"), found, work)


def settle(found: QuerySet[Thread], user: User) -> BulkChange:
    """Settle all their open flags."""

    def work(chunk: QuerySet[Thread]) -> list[int]:
        waiting = flags.open_flags().filter(thread__in=chunk)
        ids = list(waiting.values_list("pk", flat=True))
        flags.settle(waiting, user)
        return ids

    return _applied(BulkChange(user=user, action="settle"), found, work)


def undoable(user: User, pk: int, actions: Collection[str] = ()) -> BulkChange | None:
    """The change, if this user made it within a day, and it is one of `actions` (default: those on conversations)."""
    recent = BulkChange.objects.filter(user=user, action__in=actions or _UNDO, at__gt=clock.now() - KEPT)
    return recent.filter(pk=pk).first()


def undo(change: BulkChange) -> int:
    """Undo the change, except where it was changed again since; return the number of conversations or flags."""
    done = 0
    for start in range(0, len(change.changed), SIZE):
        with transaction.atomic():
            done += _UNDO[change.action](change, change.changed[start : start + SIZE])
    change.delete()
    return done


def _unjudge(change: BulkChange, ids: list[int]) -> int:
    history = Prefetch("decisions", Decision.objects.filter(turn=None), to_attr="verdicts")
    rows = Thread.objects.select_for_update().filter(pk__in=ids).prefetch_related(history)
    mine = [one for one in rows if one.verdicts and _is_of(one.verdicts[-1], change)]
    before = [one.verdicts[-2] if len(one.verdicts) > 1 else None for one in mine]
    _decide(mine, [Verdict(one.value) if one else Verdict.NONE for one in before], change.user, clock.now())
    for thread, earlier in zip(mine, before, strict=True):
        if earlier and earlier.value:
            thread.reviewed_by_id, thread.reviewed_at = earlier.user_id, earlier.at
    Thread.objects.bulk_update(mine, _VERDICT)
    return len(mine)


def _untag(change: BulkChange, ids: list[int]) -> int:
    return Facet.objects.filter(kind=FacetKind.TAG, value=change.value, thread__in=ids).delete()[0]


def _unflag(change: BulkChange, ids: list[int]) -> int:
    return Flag.objects.filter(pk__in=ids, settled_at=None).delete()[0]


def _unsettle(change: BulkChange, ids: list[int]) -> int:
    return flags.reopen(Flag.objects.filter(pk__in=ids, settled_by=change.user))


_UNDO = {"judge": _unjudge, "tag": _untag, "flag": _unflag, "settle": _unsettle}


def _decide(rows: Sequence[Thread], verdicts: Sequence[Verdict], user: User, at: datetime) -> None:
    """Record these verdicts. All decisions of a change have the change's time, so that `undo` finds them."""
    for thread, verdict in zip(rows, verdicts, strict=True):
        thread.verdict = verdict
        thread.reviewed_by, thread.reviewed_at = (user, at) if verdict else (None, None)
    Decision.objects.bulk_create(Decision(thread=one, value=one.verdict, user=user, at=at) for one in rows)
    Thread.objects.bulk_update(rows, _VERDICT)


def _is_of(decision: Decision, change: BulkChange) -> bool:
    return decision.at == change.at and decision.user_id == change.user_id


def _applied(change: BulkChange, found: QuerySet[Thread], work: Callable[[QuerySet[Thread]], list[int]]) -> BulkChange:
    """Do the work, which returns what it changed, on SIZE conversations at a time, with their rows locked."""
    ids = list(found.order_by().values_list("pk", flat=True))
    for start in range(0, len(ids), SIZE):
        chunk = Thread.objects.filter(pk__in=ids[start : start + SIZE])
        with transaction.atomic():
            list(chunk.select_for_update().order_by("pk").values_list("pk"))  # always in this order, against deadlocks
            change.changed += work(chunk)
    store(change)
    return change


def store(change: BulkChange) -> None:
    """Store a change that is not empty, so that it can be undone. Delete changes that can no longer be undone."""
    BulkChange.objects.filter(at__lt=clock.now() - KEPT).delete()
    if change.changed:
        change.save()
