"""A replay's results for the pages: the differences, grouped by change, and a lead's judgements."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet, Sum

from bot import versions
from bot.model_checksum import UntrustedModel
from console import bot_data, explain
from console.models import Difference, Replay
from console.privacy.masking import mask
from shop import clock

Judgement = Difference.Judgement
BUSY = (Replay.State.QUEUED, Replay.State.RUNNING)
GROUPS = 100
SHOWN = 50
QUOTED = 60


@dataclass(frozen=True)
class Group:
    """Messages whose answer changes from `before` to `after`: `wordings` different ones, `messages` in all."""

    before: str
    after: str
    wordings: int
    messages: int
    reviewed: int
    open: int
    worse: int
    better: int


@dataclass(frozen=True)
class Shown:
    """A difference, its text masked."""

    difference: Difference
    text: str


def of_live(replay: Replay) -> bool:
    """Whether the replay is current: it compared with the live model, or its version is the live model now."""
    try:
        return versions.to_load(versions.live())[1] in (replay.live, replay.version.sha256)
    except UntrustedModel:
        return False


def judged(found: Collection[Replay]) -> dict[int, dict[str, int]]:
    """{replay's id: {"wordings", "open", "worse", "better", "equal"}}: the wordings that change, and the judgements."""
    counts = {kind.value or "open": Count("pk", filter=Q(judgement=kind)) for kind in Judgement}
    rows = Difference.objects.filter(replay__in=found).order_by().values("replay")
    by_replay: dict[int, Any] = {row["replay"]: row for row in rows.annotate(wordings=Count("pk"), **counts)}
    return {one.pk: by_replay.get(one.pk, dict.fromkeys(("wordings", *counts), 0)) for one in found}


def groups(replay: Replay) -> list[Group]:
    """The changes: those with the most reviewed messages first, then those with the most messages."""

    def wordings(**having: Any) -> Count:
        return Count("pk", filter=Q(**having))

    changes = replay.differences.order_by().values("before", "after")
    rows = changes.annotate(
        wordings=Count("pk"),
        messages=Sum("times"),
        reviewed=wordings(reviewed=True),
        open=wordings(judgement=""),
        worse=wordings(judgement=Judgement.WORSE),
        better=wordings(judgement=Judgement.BETTER),
    )
    return [Group(**row) for row in rows.order_by("-reviewed", "-messages", "before", "after")[:GROUPS]]


def in_group(replay: Replay, before: str, after: str) -> QuerySet[Difference]:
    return replay.differences.filter(before=before, after=after)


def shown(differences: QuerySet[Difference]) -> list[Shown]:
    """The first SHOWN differences; those of reviewed conversations come first."""
    rows = list(differences.select_related("turn__thread", "user")[:SHOWN])
    names = explain.names_of(row.turn.thread_id for row in rows)
    return [Shown(row, mask(row.turn.text, names[row.turn.thread_id])) for row in rows]


def judge(differences: QuerySet[Difference], judgement: str, user: User) -> int:
    """Store this judgement of the differences; return how many there were."""
    return differences.update(judgement=judgement, user=user, judged_at=clock.now() if judgement else None)


def title(answer: str) -> str:
    """An answer in French: a question's title, a reply's first words, what an action does; « rien » for none."""
    parts = [_title(part) for part in answer.split(" + ") if part]
    return ", puis ".join(parts) or "rien"


def _title(name: str) -> str:
    entity, is_word, value = name.partition("=")
    if is_word:
        return bot_data.value_title(entity, value)
    if name.startswith("utter_"):
        return f"«\u00a0{_quoted(name)}\u00a0»"
    return bot_data.labels()["actions"].get(name) or bot_data.intent_title(name)


def _quoted(reply: str) -> str:
    text = " ".join(bot_data.first_texts().get(reply, reply).split())
    return text if len(text) <= QUOTED else text[:QUOTED].rsplit(" ", 1)[0] + "\u00a0…"
