"""Similarity of messages and training lines.

TF-IDF of character n-grams, like one of the bot's own feature sets: milliseconds per message, and no training.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from console import bot_data

KEPT = 3


@dataclass(frozen=True)
class Near:
    line: str
    question: str
    similarity: float


class Space:
    """The training lines as vectors of length 1, so that a dot product is their similarity, 0 to 1."""

    def __init__(self, lines: tuple[tuple[str, str], ...]) -> None:
        """`lines`: (question, line)"""
        self._questions = np.array([question for question, _ in lines])
        self._topics = np.array([bot_data.topic_of(question) for question, _ in lines])
        self._lines = [line for _, line in lines]
        self._letters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 4), min_df=2, sublinear_tf=True, dtype=np.float32
        )
        self.matrix: csr_matrix = self._letters.fit_transform([bot_data.normalised(line) for line in self._lines])

    def vectors(self, texts: list[str]) -> csr_matrix:
        return self._letters.transform([bot_data.normalised(text) for text in texts])

    def of(self, name: str) -> csr_matrix:
        """The lines of a question, or of an intent with all its questions."""
        return self.matrix[np.flatnonzero((self._questions == name) | (self._topics == name))]

    def nearest(self, texts: list[str]) -> list[list[Near]]:
        """For each text, the most similar training lines."""
        return [self._best(row) for row in self.vectors(texts) @ self.matrix.T] if texts else []

    def _best(self, similarities: csr_matrix) -> list[Near]:
        order = np.argsort(-similarities.data)[:KEPT]
        found = [(similarities.indices[i], float(similarities.data[i])) for i in order]
        return [Near(self._lines[line], str(self._questions[line]), share) for line, share in found]


def space() -> Space:
    """The vectors of the current training lines; rebuilt when a file changes."""
    return _space(bot_data.training_examples())


@lru_cache(maxsize=1)
def _space(lines: tuple[tuple[str, str], ...]) -> Space:
    return Space(lines)
