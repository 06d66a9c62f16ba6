"""Groups messages by what they are about: density clustering of the bot's own sentence vectors.

Sentence vectors vary most with the form of the sentence (« est-ce que vous… ? », « je voudrais… »). So the directions
in which the training lines vary most are removed, which leaves the subject (« all but the top », Mu and Viswanath,
2018). OPTICS then finds dense groups of any size; the other messages belong to no group. The settings were chosen on
tests/nlu/unanswered/tuning.yml, and measured on blind.yml (docs/nlu.md).
"""

from collections.abc import Sequence
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from sklearn import config_context
from sklearn.cluster import OPTICS

from bot.nlu.features import UniversalSentenceEncoder
from bot.nlu.text import normalised
from console import bot_data
from console.computing import COMPARED_CHARACTERS

# Minimum number of messages in a group.
SMALLEST = 3
# How much denser a group is than its surroundings (OPTICS' xi).
STEEPNESS = 0.02
# Maximum cosine distance between neighbours; without it, a small set of messages would form one single group.
FAR = 0.8
# An ungrouped message is added to a group if its average cosine distance to the members is at most this.
NEAR = 0.75
# The directions that are removed, and about how many training lines they are computed from (1 ms each, once a process).
SENTENCE_FORMS, SAMPLE = 15, 900
Vector = NDArray[np.float64]
Members = NDArray[np.intp]


def grouped(texts: list[str]) -> list[list[int]]:
    """[the indices of a group's members, the most typical first]; messages without a group are left out."""
    if len(texts) < SMALLEST or not UniversalSentenceEncoder.installed():
        return []
    return _grouped(tuple(texts))


@lru_cache(maxsize=3)
def _grouped(texts: tuple[str, ...]) -> list[list[int]]:
    """Cached, because the page is often opened again before there is another message."""
    vectors = _subjects(texts)
    distances = np.clip(1 - vectors @ vectors.T, 0, 2)
    # scikit-learn would look for infinite values at each of its steps, which takes half of the time.
    with config_context(assume_finite=True):
        labels = OPTICS(min_samples=SMALLEST, metric="precomputed", max_eps=FAR, xi=STEEPNESS).fit_predict(distances)
    groups = [np.flatnonzero(labels == label) for label in range(labels.max() + 1)]
    return [_typical_first(group, distances) for group in _with_border(groups, np.flatnonzero(labels < 0), distances)]


def _with_border(groups: list[Members], alone: Members, distances: Vector) -> list[Members]:
    """The groups, with the ungrouped messages that are near one added to the nearest."""
    if not groups:
        return []
    to_each = np.array([distances[np.ix_(alone, group)].mean(axis=1) for group in groups])
    nearest = np.where(to_each.min(axis=0) <= NEAR, to_each.argmin(axis=0), -1)
    return [np.concatenate([group, alone[nearest == number]]) for number, group in enumerate(groups)]


def _typical_first(members: Members, distances: Vector) -> list[int]:
    """The members, sorted by the sum of their distances to the others."""
    return [int(i) for i in members[np.argsort(distances[np.ix_(members, members)].sum(axis=1), kind="stable")]]


def _subjects(texts: Sequence[str]) -> Vector:
    """One row of length 1 per text."""
    centre, forms = _sentence_forms(bot_data.training_examples())
    rows = np.array([_vector(text) for text in texts]) - centre
    rows = rows - rows @ forms.T @ forms
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))


@lru_cache(maxsize=1)
def _sentence_forms(lines: tuple[tuple[str, str], ...]) -> tuple[Vector, Vector]:
    """(the mean of the training lines, the orthonormal directions in which they vary most)"""
    # Sampled by a hash, so that the order of the lines in their files does not matter.
    sample = sorted({line for _, line in lines}, key=lambda line: crc32(line.encode()))[:SAMPLE]
    rows = _encoded([line[:COMPARED_CHARACTERS] for line in sample])
    centre = rows.mean(axis=0)
    return centre, np.linalg.svd(rows - centre, full_matrices=False)[2][:SENTENCE_FORMS]


@lru_cache(maxsize=4_000)
def _vector(text: str) -> Vector:
    """The message's vector. Cached (2 kB each), because the page compares the same messages again."""
    return np.asarray(_encoded([text])[0])


def _encoded(texts: list[str]) -> Vector:
    """One row per text."""
    # « . » for an empty text, because the encoder divides by the text's length.
    read = [normalised(text) or "." for text in texts]
    return np.asarray(UniversalSentenceEncoder().encode(read), dtype=np.float64)
