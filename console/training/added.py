"""Questions that the team adds, with their answers: stored here, trained into the next version, pulled into data/.

The customers' messages become corrections like others, so that they are erased with their conversations. Answers
are checked like those of data/ (console/reply_checks.py), and cannot be changed here once the project has them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count

from bot.typography import typeset
from console import bot_data, decisions, explain
from console.models import AddedQuestion, Asking, Correction, Rollout, Turn, Unlearnt
from console.training import open_questions, training_changes
from console.training.contexts import context_of
from console.training.corrections import Refused, checked_text, correct
from shop.unicode import without_accents

# Maximum length of a question's name, after its topic.
NAME_LENGTH = 30
_OTHER = re.compile(r"[^a-z]+")


@dataclass(frozen=True)
class Draft:
    """What a user wrote. `lines`: the user's own training lines, without the customers' messages."""

    name: str
    title: str
    wordings: list[str]
    facts: list[str]
    lines: list[str]


def name_of(topic: str, title: str) -> str:
    """« ask_refund » and « Carte cadeau perdue ? » → « ask_refund/carte_cadeau_perdue »."""
    letters = _OTHER.sub("_", without_accents(title.casefold())).strip("_")
    return f"{topic}/{letters[:NAME_LENGTH].strip('_')}"


def refresh() -> None:
    """Load the added questions' current titles into console/bot_data.py."""
    bot_data.set_added(dict(AddedQuestion.objects.values_list("name", "title")))


def other_titles(question: AddedQuestion | None) -> dict[str, str]:
    """{question: title} of all questions but this one."""
    return {name: title for name, title in bot_data.questions().items() if question is None or name != question.name}


def checked_lines(texts: Iterable[str], name: str) -> tuple[list[str], list[str]]:
    """(the lines to learn, each once; what is wrong with the others, in French)"""
    others = AddedQuestion.objects.exclude(name=name)
    taken = {bot_data.normalised(line): one.title for one in others for line in one.lines}
    for text, intent in Correction.objects.filter(after="").exclude(intent=name).values_list("text", "intent"):
        taken[bot_data.normalised(text)] = bot_data.intent_title(intent)
    lines: dict[str, str] = {}
    faults = []
    for text in texts:
        try:
            line = checked_text(text)
            if title := taken.get(bot_data.normalised(line)):
                raise Refused(f"Cette phrase est déjà corrigée en «\u00a0{title}\u00a0».")
            lines.setdefault(bot_data.normalised(line), line)
        except Refused as fault:
            faults.append(f"«\u00a0{text.strip()}\u00a0»\u00a0: {fault}")
    return list(lines.values()), faults


def learnable(turns: Iterable[Turn]) -> tuple[list[tuple[Turn, str, str]], list[tuple[Turn, str]]]:
    """([(message, its line, its context)], each line once; [(message, why it cannot be learnt)])"""
    given = list(turns)
    names = explain.names_of(turn.thread_id for turn in given)
    found: dict[tuple[str, str], tuple[Turn, str, str]] = {}
    refused = []
    for turn in given:
        after = context_of(turn)
        try:
            line = checked_text(turn.text, names[turn.thread_id], after)
            found.setdefault((bot_data.normalised(line), after), (turn, line, after))
        except Refused as fault:
            refused.append((turn, str(fault)))
    return list(found.values()), refused


@dataclass(frozen=True)
class Listed:
    """An added question and the number of its training lines. `version`: the live one, if it has this answer."""

    question: AddedQuestion
    lines: int
    texts: list[str]
    in_project: bool
    version: int | None


def listed() -> list[Listed]:
    """All of them, the latest first."""
    done = Rollout.objects.filter(state=Rollout.State.DONE).select_related("version").first()
    serving = done.version if done else None
    learnt = set(serving.lines) if serving else set()
    counts = dict(Correction.objects.values_list("intent").annotate(Count("pk")).order_by())
    return [
        Listed(
            question=one,
            lines=len(one.lines) + counts.get(one.name, 0),
            texts=[typeset(text) for text in one.wordings],
            in_project=training_changes.has_answer(one),
            version=serving.number if serving and training_changes.answer_of(one).digest in learnt else None,
        )
        for one in AddedQuestion.objects.select_related("user").order_by("-pk")
    ]


def taught_by_customers(question: AddedQuestion) -> int:
    """The number of customers' messages among its training lines."""
    return Correction.objects.filter(intent=question.name).count()


@transaction.atomic
def store(draft: Draft, turns: Iterable[Turn], user: User) -> AddedQuestion:
    """Store the question; the next version is trained on it. The messages become its corrections.

    Raises Overtaken or Refused if another user has corrected one of them; then nothing is stored.
    """
    given = list(turns)
    learnt, refused = learnable(given)
    before = AddedQuestion.objects.filter(name=draft.name).first()
    fields = {"title": draft.title, "wordings": draft.wordings, "facts": draft.facts, "lines": draft.lines}
    question, _ = AddedQuestion.objects.update_or_create(name=draft.name, defaults=fields | {"user": user})
    _record_withdrawn(before, question)
    refresh()
    names = explain.names_of([turn.thread_id for turn, _, _ in learnt])
    for turn, _, _ in learnt:
        decisions.decide(turn.thread, turn, draft.name, user, decisions.last_seen(turn.thread, turn))
        correct(turn, draft.name, user, names[turn.thread_id])
    # Messages with the words of a learnt one need no correction of their own. They also leave the open question.
    left = {turn for turn, _ in refused}
    Asking.objects.filter(turn__in=[turn for turn in given if turn not in left]).delete()
    return question


@transaction.atomic
def withdraw(question: AddedQuestion, user: User) -> None:
    """Delete the question; the customers' messages become an open question again."""
    turns = [one.turn for one in Correction.objects.filter(intent=question.name).select_related("turn__thread")]
    if turns:
        open_questions.collect(turns, user)
    _record_withdrawn(question, None)
    question.delete()
    refresh()


def _record_withdrawn(before: AddedQuestion | None, now: AddedQuestion | None) -> None:
    """Record the removed lines, so that the next pull removes them from data/nlu/ if they were pulled before."""
    were, are = (
        {line.digest for line in training_changes.written_lines(one)} if one else set() for one in (before, now)
    )
    for digest in were - are:
        Unlearnt.objects.get_or_create(digest=digest)
