"""The blast radius of a correction: other real messages whose classification would change.

For a question, it is estimated with the live model and the line to be trained, in its context
(console/computing/reading.py). For a word, it is exact: the messages that contain it. Whether a change is an
improvement is known for messages with a verdict or a correction.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from bot import versions
from bot.model_checksum import UntrustedModel
from console import bot_data
from console.computing.worker import NotComputed, compute
from console.models import Correction, Turn, Verdict
from console.training.contexts import context_after
from shop import clock

MESSAGES = 1_500
SINCE = timedelta(days=90)
SHOWN = 20


@dataclass(frozen=True)
class Changed:
    """A message whose question would change; `before` and `after` in French. `effect`: better, worse or unsure."""

    turn: Turn
    before: str
    after: str
    effect: str


@dataclass(frozen=True)
class BlastRadius:
    """`count` messages would change, of `compared`; `shown` are the first of them, the worse ones first."""

    compared: int
    count: int
    shown: list[Changed]


def of_question(lines: list[tuple[str, str]], question: str, turns: list[Turn]) -> BlastRadius:
    """The effect if the lines (text, its context) of `turns` are learnt for `question`. Raises NotComputed."""
    recent = _recent(turns)
    if not recent or not lines:
        return BlastRadius(len(recent), 0, [])
    said = [(one.text, context) for one, context in recent]
    live = _version_in_service()
    found = compute("reading", "changes", live, lines, question, said)
    title = bot_data.intent_title
    changed = [(recent[i][0], before, now) for i, before, now in found]
    effects = _effects(changed)
    return _radius(recent, [Changed(t, title(b), title(a), effects[t.pk]) for t, b, a in changed])


def _version_in_service() -> str | None:
    """The live version, its file fetched, because the computing process has no database. Raises NotComputed."""
    live = versions.live()
    try:
        return versions.to_load(live)[1] if live else None
    except UntrustedModel as fault:
        raise NotComputed from fault


def of_word(phrase: str, entity: str, value: str, turn: Turn) -> BlastRadius:
    """The effect if `phrase` is learnt as `value` of the entity."""
    recent = _recent([turn])
    # As Rasa matches a lookup table: whole words, in any case.
    pattern = re.compile(rf"\b{re.escape(phrase)}\b", re.IGNORECASE)
    changed = []
    for one, _ in recent:
        found = [str(known["value"]) for known in one.entities if known["entity"] == entity]
        if pattern.search(one.text) and value not in found:
            before = ", ".join(bot_data.value_title(entity, known) for known in found) or "rien"
            changed.append(Changed(one, before, bot_data.value_title(entity, value), "unsure"))
    return _radius(recent, changed)


def _radius(recent: list[tuple[Turn, str]], changed: list[Changed]) -> BlastRadius:
    order = ["worse", "unsure", "better"]
    return BlastRadius(len(recent), len(changed), sorted(changed, key=lambda one: order.index(one.effect))[:SHOWN])


def _recent(excluded: list[Turn]) -> list[tuple[Turn, str]]:
    """[(message, its context)]: the latest typed ones, each wording in each context once."""
    turns = Turn.objects.filter(at__gte=clock.now() - SINCE).select_related("thread")
    latest = sorted(turns.order_by("-at")[: 2 * MESSAGES], key=lambda turn: (turn.thread_id, turn.seq))
    ids, texts = {turn.pk for turn in excluded}, {turn.text for turn in excluded}
    found: dict[tuple[str, str], Turn] = {}
    previous = None
    for turn in latest:
        before = previous if previous and previous.thread_id == turn.thread_id else None
        previous = turn
        if not (turn.pressed or turn.form_input) and turn.pk not in ids and turn.text not in texts:
            found[turn.text, context_after(before, turn)] = turn
    newest = sorted(found.items(), key=lambda one: one[1].at, reverse=True)[:MESSAGES]
    return [(turn, context) for (_, context), turn in newest]


def _effects(changed: list[tuple[Turn, str, str]]) -> dict[int, str]:
    """{turn's id: effect}"""
    rows = Correction.objects.filter(turn__in=[turn for turn, _, _ in changed], entity="")
    wanted = {turn: bot_data.question_of(intent) for turn, intent in rows.values_list("turn", "intent")}
    return {turn.pk: _effect(turn, wanted.get(turn.pk), before, after) for turn, before, after in changed}


def _effect(turn: Turn, wanted: str | None, before: str, after: str) -> str:
    if wanted:
        return {after: "better", before: "worse"}.get(wanted, "unsure")
    # A verdict judges the answer given at that time.
    return "worse" if turn.thread.verdict == Verdict.GOOD and turn.question == before else "unsure"
