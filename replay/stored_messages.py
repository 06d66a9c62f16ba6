"""Reads stored customers' messages, each with the bot's state before it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import QuerySet

from console.indexing.outcome import IDLE_TIME
from console.models import Thread, Turn
from shop import clock

# Conversations of this many months are replayed, as long as they are stored anyway (docs/privacy.md).
MONTHS = 13
# The reply that leads to the next question of the same message (actions/base.py).
_FURTHER = "utter_further_question"
_READ = (
    "thread_id",
    "seq",
    "at",
    "text",
    "pressed",
    "intent",
    "entities",
    "ranking",
    "confidence",
    "slots",
    "replies",
    "form",
)


@dataclass(frozen=True)
class StoredMessage:
    """A stored message.

    `said`: the message before it, and `several`: that message's questions, if it had more than one.
    """

    turn: int
    text: str
    slots: dict[str, Any]
    form: str
    said: str
    several: tuple[str, ...]
    before: dict[str, Any]


def threads() -> QuerySet[Thread]:
    """Conversations to replay, the newest first, because their differences matter most."""
    return Thread.objects.filter(last_at__gte=_since()).order_by("-pk")


def messages_of(ids: Sequence[int]) -> list[StoredMessage]:
    """The typed messages of these conversations, without buttons, which every model reads identically."""
    found: list[StoredMessage] = []
    previous: Turn | None = None
    for turn in Turn.objects.filter(thread__in=ids).order_by("thread_id", "seq").only(*_READ):
        before = previous if previous and _is_same_session(previous, turn) else None
        previous = turn
        if not turn.pressed:
            found.append(_stored(turn, before))
    return found


def messages_between(begin: datetime, end: datetime) -> list[StoredMessage]:
    """The typed messages of this time, each with what came before it."""
    typed = Turn.objects.filter(at__gte=begin, at__lt=end, pressed=False).order_by()
    thread_of = dict(typed.values_list("pk", "thread_id"))
    return [one for one in messages_of([*set(thread_of.values())]) if one.turn in thread_of]


def _is_same_session(previous: Turn, turn: Turn) -> bool:
    """Whether the turn belongs to the same session as the previous one."""
    return previous.thread_id == turn.thread_id and turn.at - previous.at < IDLE_TIME


def _stored(turn: Turn, before: Turn | None) -> StoredMessage:
    if before is None:
        return StoredMessage(turn.pk, turn.text, {}, "", "", (), {})
    # An answer that was stored without its reading has no confidence, so it has no ranking either.
    first = [] if before.confidence is None else [{"name": before.question, "confidence": before.confidence}]
    read = {
        "intent": {"name": before.intent},
        "question": before.question,
        "question_ranking": [*first, *before.ranking],
    }
    return StoredMessage(
        turn=turn.pk,
        text=turn.text,
        slots=before.slots,
        form=before.form,
        said=before.text,
        several=tuple(_several(before)),
        before={"parse_data": read, "replies": [reply["name"] for reply in before.replies]},
    )


def _several(turn: Turn) -> Iterator[str]:
    """The turn's questions in the order of the answers, if it had more than one."""
    names = [reply["name"] for reply in turn.replies]
    if _FURTHER in names:
        yield turn.question
        yield from (name.removeprefix("utter_") for name in names if "/" in name and name != f"utter_{turn.question}")


def _since() -> datetime:
    since: datetime = clock.now() - relativedelta(months=MONTHS)
    return since
