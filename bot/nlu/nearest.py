"""The training line that is nearest to a message, for each question.

A regression is sure of words that it never saw together; the nearest line shows whether somebody asked so. Of 410 turns
that were judged live, 1 % were wrong where a line of the answered question was as near as 0.8, and 38 % below 0.5.
docs/nlu.md has the measurements.
"""

from pathlib import Path

import numpy as np

# Half of the encoder's dimensions, those in which the lines differ most, find the same nearest lines.
DIMENSIONS = 256
# A line that is nearer by 0.1 makes its question 2.2 times as likely.
WEIGHT = 8.0
# Only the likeliest questions are compared: reading all lines would take longer than encoding the message.
COMPARED = 8


class NearestLines:
    """The vectors of the training lines, grouped by question. Empty without an encoder."""

    def __init__(self) -> None:
        self._axes = np.empty((0, DIMENSIONS), dtype=np.float32)
        self._lines = np.empty((0, DIMENSIONS), dtype=np.float32)
        # The rows of question q: from _starts[q] to _starts[q + 1].
        self._starts = np.zeros(1, dtype=np.intp)

    def __bool__(self) -> bool:
        return len(self._lines) > 0

    def fit(self, vectors: np.ndarray, questions: np.ndarray) -> None:
        """`vectors`: (lines, dimensions) of the encoder, each of length 1; `questions`: the number of each question."""
        if not vectors.size:
            return
        _, axes = np.linalg.eigh(vectors.T @ vectors)
        self._axes = axes[:, ::-1][:, :DIMENSIONS].astype(np.float32)
        order = np.argsort(questions, kind="stable")
        # In the precision of the file, so that a loaded model reads the same.
        self._lines = self._projected(vectors[order]).astype(np.float16).astype(np.float32)
        self._starts = np.searchsorted(questions[order], np.arange(questions.max() + 2))

    def similarities(self, vectors: np.ndarray) -> np.ndarray:
        """The cosine of each vector and the nearest line of each question: (vectors, questions)."""
        rows = self._projected(vectors)
        return np.stack([(rows @ lines.T).max(axis=1) for lines in np.split(self._lines, self._starts[1:-1])], axis=1)

    def similarity(self, line: np.ndarray, vectors: np.ndarray) -> np.ndarray:
        """The cosine of each vector and this line's."""
        return np.asarray(self._projected(vectors) @ self._projected(line[None])[0])

    def near(self, vector: np.ndarray) -> "Near":
        return Near(self._lines, self._starts, self._projected(vector[None])[0])

    def save(self, path: Path) -> None:
        np.savez(path, axes=self._axes, lines=self._lines.astype(np.float16), starts=self._starts)

    def load(self, path: Path) -> None:
        with np.load(path, allow_pickle=False) as stored:
            self._axes, self._starts = stored["axes"], stored["starts"]
            self._lines = stored["lines"].astype(np.float32)

    def _projected(self, vectors: np.ndarray) -> np.ndarray:
        rows = vectors.astype(np.float32) @ self._axes
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))


class Near:
    """One message among the lines; it compares each question once, in whatever contexts the message is read."""

    def __init__(self, lines: np.ndarray, starts: np.ndarray, vector: np.ndarray) -> None:
        self._lines, self._starts, self._vector = lines, starts, vector
        self._found: dict[int, float] = {}

    def similarities(self, probabilities: np.ndarray) -> np.ndarray:
        """By question; 0 for those that are not among the COMPARED likeliest."""
        found = np.zeros(len(probabilities), dtype=np.float32)
        for question in np.argsort(-probabilities, kind="stable")[:COMPARED]:
            if question not in self._found:
                own = self._lines[self._starts[question] : self._starts[question + 1]]
                self._found[question] = float((own @ self._vector).max())
            found[question] = self._found[question]
        return found


def adjusted(scores: np.ndarray, similarities: np.ndarray, topic_index: np.ndarray) -> np.ndarray:
    """`scores` (topics, then questions) after P(question) is multiplied by e^(WEIGHT · similarity).

    `topic_index`: the column of each question's topic.
    """
    topics, before = np.split(scores, [len(scores) - len(topic_index)])
    after = before + WEIGHT * similarities
    lift = _log_sums(after, topic_index) - _log_sums(before, topic_index)
    return np.concatenate([topics + lift, after])


def _log_sums(scores: np.ndarray, topic_index: np.ndarray) -> np.ndarray:
    """By topic: the logarithm of the sum of its questions' powers."""
    highest = scores.max()
    sums = np.bincount(topic_index, weights=np.exp(scores - highest))
    return np.asarray(highest + np.log(np.maximum(sums, 1e-300)))
