"""Multinomial logistic regression over several feature blocks, sparse and dense, each kept in its own format.

scikit-learn's own needs one sparse matrix of doubles. With a sentence encoder beside the n-grams, that takes five times
as long for the same weights (docs/nlu.md).
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, issparse
from scipy.special import log_softmax, softmax

# Convergence tolerance of the gradient's largest component, in the units of `_scale`. A smaller one
# changes no classification.
TOLERANCE = 1e-3
MAX_ITERATIONS = 100
# With at least this many lines, fit an eighth of them first, then all, starting from those weights. A stage: (use every
# n-th line, maximum number of iterations).
MANY_LINES = 10_000
STAGES = ((8, 40), (1, 45))

CORES = os.cpu_count() or 1


class _RowChunks:
    """A sparse matrix in chunks of rows, multiplied on all cores. The result is exactly the same."""

    def __init__(self, matrix: csr_matrix, workers: ThreadPoolExecutor) -> None:
        cuts = np.linspace(0, matrix.shape[0], CORES + 1).astype(int)
        self._chunks = [matrix[start:end] for start, end in pairwise(cuts)]
        self._workers = workers

    def __matmul__(self, other: np.ndarray) -> np.ndarray:
        # SciPy releases the GIL while it multiplies. Dense matrices need no chunks: NumPy has its own threads.
        return np.vstack(list(self._workers.map(lambda chunk: chunk @ other, self._chunks)))


def fit(blocks: Sequence[Any], labels: np.ndarray, strength: float) -> tuple[np.ndarray, np.ndarray]:
    """Return (weights, intercepts): one row per feature, one column per label, labels sorted.

    Minimises the mean log loss of the lines + |w|² / (2 · strength · lines).

    `blocks`: matrices with one row per line. A single label gets one column of zeros.
    """
    names, places = np.unique(labels, return_inverse=True)
    starts = np.cumsum([0, *(block.shape[1] for block in blocks)])
    table = np.zeros((starts[-1] + 1, len(names)))
    if len(names) == 1:
        return table[:-1].astype(np.float32), table[-1]
    with ThreadPoolExecutor(CORES) as workers:
        for step, iterations in STAGES if len(places) >= MANY_LINES else ((1, MAX_ITERATIONS),):
            sample = [block[::step] for block in blocks]
            # Fit only the features that occur: a tenth of all in a topic's lines, 60 % in an eighth of all lines.
            used = [np.flatnonzero(np.asarray(abs(block).sum(axis=0)).ravel()) for block in sample]
            parts = [block[:, columns].astype(np.float32) for block, columns in zip(sample, used, strict=True)]
            rows = np.concatenate([*(columns + start for columns, start in zip(used, starts, strict=False)), [-1]])
            table[rows] = _minimise(parts, places[::step], table[rows], strength, iterations, workers)
    return table[:-1].astype(np.float32), table[-1]


def _minimise(
    parts: list[Any],
    places: np.ndarray,
    start: np.ndarray,
    strength: float,
    iterations: int,
    workers: ThreadPoolExecutor,
) -> np.ndarray:
    """Weights with the intercepts as the last row, as `start`. `places`: the label's index of each line."""
    ahead = [_RowChunks(part, workers) if issparse(part) else part for part in parts]
    back = [_RowChunks(csr_matrix(part.T), workers) if issparse(part) else part.T for part in parts]
    rows, ends = np.arange(len(places)), np.cumsum([part.shape[1] for part in parts])[:-1]

    def scores(table: np.ndarray) -> np.ndarray:
        weights = np.split(table[:-1].astype(np.float32), ends)
        return np.asarray(table[-1] + sum(part @ own for part, own in zip(ahead, weights, strict=True)))

    scale = _scale(parts, softmax(scores(start), axis=1), strength)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        table = flat.reshape(start.shape) * scale
        logs = log_softmax(scores(table), axis=1)
        cost = -float(logs[rows, places].sum()) + float((table[:-1] ** 2).sum()) / (2 * strength)
        error = np.exp(logs)
        error[rows, places] -= 1
        gradient = np.vstack([*(part @ error.astype(np.float32) for part in back), error.sum(axis=0)[None]])
        gradient[:-1] += table[:-1] / strength
        return cost / len(places), (gradient * scale).ravel() / len(places)

    found = minimize(
        loss,
        (start / scale).ravel(),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": iterations, "gtol": TOLERANCE, "maxcor": 5},
    )
    return np.asarray(found.x.reshape(start.shape) * scale)


def _scale(parts: list[Any], probabilities: np.ndarray, strength: float) -> np.ndarray:
    """The unit of each weight: 1/√(the diagonal of the loss's Hessian where the labels have these probabilities).

    In these units, rare and frequent features curve the loss alike (a Jacobi preconditioner), and L-BFGS needs
    far fewer iterations (docs/nlu.md). `probabilities`: one row per line, one column per label.
    """
    lines, spread = len(probabilities), (probabilities * (1 - probabilities)).astype(np.float32)
    squares = [part.multiply(part) if issparse(part) else part**2 for part in parts]
    means = np.vstack([*(square.T @ spread for square in squares), spread.sum(axis=0)[None]]) / lines
    means[:-1] += 1 / (strength * lines)
    return np.asarray(1 / np.sqrt(means))
