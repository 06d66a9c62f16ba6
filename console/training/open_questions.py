"""« Questions sans réponse »: questions that the bot cannot answer, how often they are asked, and agents' answers.

No text is copied: a question's examples and drafts are its conversations' own messages, so they are erased with them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from chat.models import Message, Sender
from console import explain
from console.models import Asking, Correction, OpenQuestion, Turn
from console.privacy.masking import mask
from console.training import unanswered
from console.training.corrections import check_may_withdraw
from console.training.training_changes import withdraw

# Number of an agent's messages after the question that count as its answer.
ANSWERS = 3
SHOWN = 50
# Maximum length of a name.
NAME = 80


@dataclass(frozen=True)
class OpenQuestionSummary:
    """An open question. `volume`: messages that ask it, including later ones in the same words.

    `answers`: [(answered message, agent's message)] of conversations that an agent took over.
    """

    question: OpenQuestion
    turns: list[Turn]
    volume: int
    answers: list[tuple[Turn, Message]]


def collect(
    turns: Iterable[Turn],
    user: User,
    question: OpenQuestion | None = None,
    state: OpenQuestion.State = OpenQuestion.State.OPEN,
) -> OpenQuestion:
    """Move the messages to this question, or to a new one in this state, and delete their corrections.

    Raises Refused if a user without the role « manage » would withdraw an accepted correction.
    """
    given = list(turns)
    with transaction.atomic():
        corrections = Correction.objects.filter(turn__in=given, entity="")
        for correction in corrections:
            check_may_withdraw(correction, user)
        withdraw(corrections)
        question = question or OpenQuestion.objects.create(state=state, user=user)
        for turn in given:
            Asking.objects.update_or_create(turn=turn, defaults={"question": question})
        # Delete questions that have no message any more.
        OpenQuestion.objects.filter(askings=None).delete()
    return question


def undo_collecting(question: int, last: int) -> int:
    """Remove the messages up to this row from the question; return how many. A question without messages is deleted."""
    with transaction.atomic():
        left, _ = Asking.objects.filter(question=question, pk__lte=last).delete()
        OpenQuestion.objects.filter(askings=None).delete()
    return left


def summaries(state: OpenQuestion.State) -> list[OpenQuestionSummary]:
    """The questions in this state, those with the highest volume first."""
    questions = OpenQuestion.objects.filter(state=state, askings__isnull=False).distinct()
    questions = questions.prefetch_related("askings__turn__thread")
    turns = [asking.turn for question in questions for asking in question.askings.all()]
    same, answers = _unanswered_by_key(), _answers(turns)
    found = [_summary(question, same, answers) for question in questions]
    return sorted(found, key=lambda one: (-one.volume, one.question.pk))[:SHOWN]


def leave(turn: Turn) -> None:
    """Remove the message from its open question."""
    Asking.objects.filter(turn=turn).delete()


def open_ones() -> QuerySet[OpenQuestion]:
    """The open questions that wait for an answer."""
    return OpenQuestion.objects.filter(state=OpenQuestion.State.OPEN, askings__isnull=False).distinct()


def open_one(key: str) -> OpenQuestion | None:
    """The open question of this key, as a form posts it; None if there is none."""
    is_key = key.isascii() and key.isdigit() and len(key) < 19
    return open_ones().filter(pk=key).first() if is_key else None


def open_titles() -> list[tuple[int, str]]:
    """[(key, its name)] of the latest open questions, to choose from."""
    latest = open_ones().order_by("-pk").prefetch_related("askings__turn")[:SHOWN]
    asking = {question.pk: [one.turn for one in question.askings.all()] for question in latest}
    names = explain.names_of(turn.thread_id for turns in asking.values() for turn in turns)
    return [(pk, name_of([mask(turn.text, names[turn.thread_id]) for turn in turns])) for pk, turns in asking.items()]


def name_of(texts: list[str]) -> str:
    """A customer's phrase as the name: the shortest of the most typical ones, preferably without a masked word.

    `texts`: masked, the most typical first.
    """
    texts = texts[: max(3, len(texts) // 3)]
    legible = [text for text in texts if "[" not in text] or texts
    phrase = min(legible, key=len)
    return phrase if len(phrase) <= NAME else phrase[:NAME].rpartition(" ")[0] + "\u00a0…"


def _summary(
    question: OpenQuestion, same: dict[str, set[int]], answers: dict[int, list[Message]]
) -> OpenQuestionSummary:
    turns = [asking.turn for asking in question.askings.all()]
    asking = {turn.pk for turn in turns}.union(*(same.get(unanswered.key_of(turn), set()) for turn in turns))
    return OpenQuestionSummary(question, turns, len(asking), _distinct(turns, answers))


def drafts(turns: list[Turn]) -> list[tuple[Turn, Message]]:
    """[(answered message, agent's message)] of these messages."""
    return _distinct(turns, _answers(turns))


def _distinct(turns: list[Turn], answers: dict[int, list[Message]]) -> list[tuple[Turn, Message]]:
    """[(answered message, agent's message)], each of the agent's texts once."""
    return list({one.text: (turn, one) for turn in turns for one in answers.get(turn.pk, [])}.values())


def _unanswered_by_key() -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    latest = unanswered.latest_unanswered(max(unanswered.DAYS)).only("text")
    for turn in latest[: 4 * unanswered.MAX_MESSAGES]:
        found.setdefault(unanswered.key_of(turn), set()).add(turn.pk)
    return found


def _answers(turns: list[Turn]) -> dict[int, list[Message]]:
    """{turn's id: the agent's messages after it}"""
    by_chat: dict[UUID, list[Message]] = {}
    chats = {turn.thread.chat_id for turn in turns}
    for message in Message.objects.filter(conversation__in=chats, sender=Sender.AGENT).order_by("seq"):
        by_chat.setdefault(message.conversation_id, []).append(message)
    later = {turn.pk: [one for one in by_chat.get(turn.thread.chat_id, []) if one.seq > turn.seq] for turn in turns}
    return {pk: messages[:ANSWERS] for pk, messages in later.items()}
