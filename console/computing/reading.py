"""Classifies messages with the live model, its features and contexts, and estimates the effect of a new training line.

A training takes minutes, an agent has seconds. So a line is learnt by gradient steps until the model classifies it with
the confidence of trained lines. Each weight's step is scaled by the inverse of its curvature (the diagonal of the
loss's Hessian, as in bot/nlu/regression.py): the weight of a context of thousands of lines hardly changes, that of a
word that only this line has changes most. These are influence functions (Koh and Liang, 2017) with a diagonal Hessian.
docs/nlu.md compares the estimate with real trainings.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from bot import versions
from bot.nlu.context import topic_of
from bot.nlu.model import CONTEXT, UNRELATED, QuestionModel
from bot.nlu.nearest import adjusted
from console import bot_data
from console.versions.models import load_model

# The target probability. Half of the training lines have 0.97 and more, a new one 0.85 to 0.93 after a training.
LEARNT = 0.9
# The size of a gradient step in the line's scores, and the maximum number of steps.
STEP, STEPS = 0.25, 400
# Messages with a smaller share of the step have nearly nothing in common with the line: only ties would change.
MIN_SHARE = 0.05
Vector = NDArray[Any]
# (text, its context or "")
Said = tuple[str, str]


def changes(live: str | None, lines: list[Said], question: str, messages: list[Said]) -> list[tuple[int, str, str]]:
    """[(index of a message, its question now, its question with the lines)] of the messages whose question changes.

    `live`: the version in service. Each line is learnt separately. Messages are classified as a whole; the parts of a
    long message, which the bot also classifies, are left out.
    """
    reader = _reader(*versions.to_load(live))
    found: dict[int, tuple[int, str, str]] = {}
    for line in lines:
        for change in reader.changes(line, question, messages):
            found.setdefault(change[0], change)
    return [found[i] for i in sorted(found)]


class Reader:
    """A model, and how often each of its features occurs in its training lines."""

    def __init__(self, model: QuestionModel, contexts: list[str | None]) -> None:
        """`contexts`: of the model's training lines."""
        self.model = model
        self._lines, self._frequencies = len(contexts), self.model.line_frequencies(contexts)
        # The encoder takes 3 ms a message: the next preview compares the same ones.
        self._blocks = lru_cache(maxsize=1)(lambda said: self.model.blocks(*_split(said)))

    def changes(self, line: Said, question: str, messages: list[Said]) -> list[tuple[int, str, str]]:
        """Like the function of this name, for one line."""
        names = _Names(self.model, question)
        of_line, of_messages = self.model.blocks(*_split([line])), self._blocks(tuple(messages))
        alike, own = self._effects(of_line, of_messages)
        near, nearer = self._similarities(names, of_line, of_messages)
        before = names.widened(self.model.scores(of_messages))
        step = names.step_until_learnt(names.widened(self.model.scores(of_line))[0])
        share = alike / (own or 1)
        after = before + np.outer(np.where(share >= MIN_SHARE, share, 0), step)
        read = zip(names.best(before, near), names.best(after, nearer), strict=True)
        return [(i, now, then) for i, (now, then) in enumerate(read) if now != then]

    def _similarities(
        self, names: "_Names", of_line: dict[str, Any], of_messages: dict[str, Any]
    ) -> tuple[Vector, Vector]:
        """How near the messages are to each question's lines, now and with the line."""
        near = names.with_question(self.model.similarities(of_messages), 0.0)
        nearer = near.copy()
        own = names.column
        nearer[:, own] = np.maximum(near[:, own], self.model.similarity(of_line, of_messages))
        return near, nearer

    def _effects(self, of_line: dict[str, Any], of_messages: dict[str, Any]) -> tuple[Vector, float]:
        """(the effect of a step of the line's features on each message's scores, its effect on its own score)"""
        alike, own = np.zeros(of_messages[CONTEXT].shape[0]), 0.0
        for name, block in of_line.items():
            row = np.asarray(block.todense() if issparse(block) else block).ravel()
            step = row / self._curvature(name, row)
            alike += np.asarray(of_messages[name] @ step).ravel()
            own += float(row @ step)
        return alike, own

    def _curvature(self, name: str, row: Vector) -> Vector:
        """The diagonal of the loss's Hessian for the line's features, at zero weights, with the regularisation's."""
        topics = len(self.model.topics)
        frequency = self._frequencies.get(name)
        # The dimensions of a sentence vector of length 1 share its square.
        mean_square = 1 / max(len(row), 1) if frequency is None else frequency * row**2
        return np.asarray(mean_square * (topics - 1) / topics**2 + 1 / (self.model.strength * self._lines))


class _Names:
    """The columns of the model's scores, with one more for a question or a topic that it does not know yet."""

    def __init__(self, model: QuestionModel, question: str) -> None:
        self._topics, self._questions = list(model.topics), list(model.questions)
        self._question, self._topic = question, topic_of(question)
        self._is_new_topic = self._topic not in self._topics
        self._is_new = question not in self._questions
        self._topics += [self._topic] * self._is_new_topic
        self._questions += [question] * self._is_new
        self._place = np.array([self._topics.index(topic_of(one)) for one in self._questions])
        self.column = self._questions.index(question)

    def with_question(self, of_questions: Vector, value: float) -> Vector:
        """One more column with this value if the question is new."""
        return np.pad(of_questions, ((0, 0), (0, self._is_new)), constant_values=value)

    def widened(self, scores: Vector) -> Vector:
        """The scores with an extra column for a new question or topic, which gets the message's lowest score."""
        known = len(self._topics) - self._is_new_topic
        topics, questions = scores[:, :known], scores[:, known:]
        if self._is_new_topic:
            topics = np.hstack([topics, topics.min(axis=1, keepdims=True)])
        if self._is_new:
            siblings = [i for i, one in enumerate(self._questions[:-1]) if topic_of(one) == self._topic]
            lowest = questions[:, siblings].min(axis=1, keepdims=True) if siblings else np.zeros((len(scores), 1))
            questions = np.hstack([questions, lowest])
        return np.hstack([topics, questions])

    def best(self, scores: Vector, similarities: Vector) -> list[str]:
        """By row: the likeliest question of the likeliest topic, as bot.nlu.model.Reading.question."""
        rows = zip(scores, similarities, strict=True)
        return [self._best(adjusted(row, near, self._place)) for row, near in rows]

    def _best(self, scores: Vector) -> str:
        of_topics, of_questions = scores[: len(self._topics)].copy(), scores[len(self._topics) :]
        for topic in UNRELATED & set(self._topics):
            place = self._topics.index(topic)
            of_topics[place] += np.log(_softmax(of_questions[self._place == place]).max())
        mine = np.flatnonzero(self._place == int(np.argmax(of_topics)))
        return self._questions[int(mine[np.argmax(of_questions[mine])])]

    def step_until_learnt(self, scores: Vector) -> Vector:
        """The change of the line's scores by gradient steps, until its question has the probability LEARNT."""
        count, topic = len(self._topics), self._topics.index(self._topic)
        mine = count + np.flatnonzero(self._place == topic)
        question = count + self._questions.index(self._question)
        now = scores.copy()
        for _ in range(STEPS):
            of_topics, of_questions = _softmax(now[:count]), _softmax(now[mine])
            if of_topics[topic] * of_questions[mine == question][0] >= LEARNT:
                break
            now[:count] -= STEP * of_topics
            now[mine] -= STEP * of_questions
            now[[topic, question]] += STEP
        return np.asarray(now - scores)


def _softmax(scores: Vector) -> Vector:
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum())


def _split(said: Sequence[Said]) -> tuple[list[str], list[str | None]]:
    return [text for text, _ in said], [after or None for _, after in said]


@lru_cache(maxsize=1)
def _reader(archive: Path, sha256: str) -> Reader:
    """The reader of this model; cached until another model is in service."""
    return Reader(load_model(archive, sha256), bot_data.training_contexts())
