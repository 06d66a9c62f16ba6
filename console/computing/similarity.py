"""Similarity of messages and training lines.

TF-IDF of character n-grams, like one of the bot's own feature sets: milliseconds per message, and no training.
"""

from functools import lru_cache

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from console import bot_data
from console.computing import COMPARED_CHARACTERS

# Maximum number of lines that `nearest` returns.
KEPT = 3


def nearest(text: str) -> list[tuple[str, str, float]]:
    """The most similar training lines: [(line, question, similarity)]."""
    space = _space(bot_data.training_examples())
    return space.best(space.vectors([text]) @ space.matrix.T)


class Space:
    """The training lines as vectors of length 1, so that a dot product is their similarity, 0 to 1."""

    def __init__(self, lines: tuple[tuple[str, str], ...]) -> None:
        """`lines`: (question, line)"""
        self._questions = np.array([question for question, _ in lines])
        self._lines = [line for _, line in lines]
        self._letters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 4), min_df=2, sublinear_tf=True, dtype=np.float32
        )
        self.matrix: csr_matrix = self._letters.fit_transform([bot_data.normalised(line) for line in self._lines])

    def vectors(self, texts: list[str]) -> csr_matrix:
        return self._letters.transform([bot_data.normalised(text[:COMPARED_CHARACTERS]) for text in texts])

    def best(self, similarities: csr_matrix) -> list[tuple[str, str, float]]:
        """The lines of the highest values: `similarities` is one row, a value for each line."""
        order = np.argsort(-similarities.data)[:KEPT]
        found = [(similarities.indices[i], float(similarities.data[i])) for i in order]
        return [(self._lines[line], str(self._questions[line]), share) for line, share in found]


@lru_cache(maxsize=1)
def _space(lines: tuple[tuple[str, str], ...]) -> Space:
    """The vectors of the current training lines; rebuilt when a file changes."""
    return Space(lines)
