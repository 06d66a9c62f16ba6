"""« Corrigé dans la version 14, mise en service le 3 décembre ; 38 clients ont eu la bonne réponse depuis ».

Each message is stored with the model that classified it, and each version with the lines that it learnt, so nothing is
inferred from dates. A conversation counts if a version that learnt the correction classified, as corrected, one of its
messages that shares at least two thirds of its words with the corrected one, in the same context.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from console import bot_data
from console.models import Correction, Repaired, Rollout, Thread, Turn, Version
from console.text import words
from console.training.contexts import context_after
from console.training.training_changes import lines_of, trainable
from shop import clock, formatting

# The share of the longer message's words that both have.
ALIKE = 2 / 3


@dataclass(frozen=True)
class Service:
    """The first version in service that learnt a correction.

    `is_read_right`: the version classified the line as corrected when it was evaluated. `ended_at`: when the last
    version that learnt it left service. `customers`: the conversations that count, as above.
    """

    number: int
    since: datetime
    is_read_right: bool
    ended_at: datetime | None
    customers: int

    def __str__(self) -> str:
        """The sentence that reviewers read."""
        version = f"la version {self.number}, mise en service le {_day(self.since)}"
        gone = f"\u00a0; plus en service depuis le {_day(self.ended_at)}" if self.ended_at else ""
        if not self.is_read_right:
            return f"apprise dans {version}, qui la lit encore autrement{gone}"
        return f"corrigé dans {version}\u00a0; {self._customers()}{gone}"

    def _customers(self) -> str:
        if not self.customers:
            return "aucun client ne l’a encore demandé ainsi"
        have = "client a" if self.customers == 1 else "clients ont"
        return f"{formatting.number(self.customers)}\u00a0{have} eu la bonne réponse depuis"


def _day(moment: datetime) -> str:
    """« 3 décembre »; with the year if it is not this one."""
    day = clock.paris_date(moment)
    is_this_year = day.year == clock.now().year
    return formatting.day_month(day) if is_this_year else formatting.long_date(day)


def service_of(corrections: Sequence[Correction]) -> dict[int, Service]:
    """{correction's id: its service} of those that were in service; two queries for any number of them."""
    done = list(Rollout.objects.filter(state=Rollout.State.DONE).select_related("version").order_by("ended_at", "pk"))
    if not done:
        return {}
    counts = dict(
        Repaired.objects.filter(correction__in=[one.pk for one in corrections])
        .values_list("correction")
        .annotate(Count("pk"))
    )
    found = {one.pk: _service(one, done, counts.get(one.pk, 0)) for one in corrections if one.accepted_at}
    return {pk: service for pk, service in found.items() if service}


def _service(correction: Correction, done: list[Rollout], customers: int) -> Service | None:
    learnt = {line.digest for line in lines_of(correction)}
    has_it = [bool(one.version and learnt and learnt <= set(one.version.lines)) for one in done]
    if True not in has_it:
        return None
    first, last = has_it.index(True), len(has_it) - 1 - has_it[::-1].index(True)
    version, since = done[first].version, done[first].ended_at
    assert version
    assert since
    ended_at = None if last == len(done) - 1 else done[last + 1].ended_at
    is_right = correction.text not in version.figures.get("wrong", [])
    return Service(version.number, since, is_right, ended_at, customers)


def note(thread: Thread, turns: Sequence[Turn]) -> None:
    """Record which corrections these turns confirm: three queries, or one while the installed model is in service."""
    versions = Version.objects.filter(model__in={turn.model for turn in turns if turn.model})
    learnt = {version.model: set(version.lines) for version in versions}
    following = zip([None, *turns], turns, strict=False)
    read = [(before, turn) for before, turn in following if turn.model in learnt and not turn.pressed]
    if not read:
        return
    questions = {turn.question for _, turn in read} | {turn.intent for _, turn in read}
    taught = (
        Correction.objects.exclude(accepted_at=None)
        .filter(Q(intent__in=questions) | ~Q(entity=""))
        .exclude(turn__thread=thread)
    )
    confirmed = [
        Repaired(correction=one, thread=thread)
        for one in taught
        if any(
            {line.digest for line in lines_of(one)} <= learnt[turn.model] and _confirms(one, before, turn)
            for before, turn in read
        )
    ]
    Repaired.objects.bulk_create(confirmed, ignore_conflicts=True)


def _confirms(correction: Correction, before: Turn | None, turn: Turn) -> bool:
    """Whether the turn is similar to the corrected message, and was classified as corrected."""
    if correction.entity:
        value = {"entity": correction.entity, "value": correction.entity_value}
        said = f" {' '.join(words(turn.text))} "
        return f" {' '.join(words(correction.text))} " in said and any(
            value.items() <= one.items() for one in turn.entities
        )
    is_read_so = bot_data.question_of(turn.question) == bot_data.question_of(correction.intent)
    return is_read_so and context_after(before, turn) == correction.after and are_alike(turn.text, correction.text)


def are_alike(text: str, line: str) -> bool:
    """Whether they share at least two thirds of the longer one's words. `line` has no personal data."""
    mine, theirs = set(words(trainable(text))), set(words(line))
    return bool(mine and theirs) and len(mine & theirs) >= ALIKE * max(len(mine), len(theirs))
