"""Multinomial logistic regression over several feature blocks, sparse and dense, each kept in its own format.

scikit-learn's needs one sparse matrix of doubles. With a sentence encoder beside the n-grams, that takes five times as
long for the same weights (docs/nlu.md).
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, issparse

# Of the gradient's largest component, in the units of `_scale`. Smaller values change no reading.
TOLERANCE = 1e-3
MAX_ITERATIONS = 100

CORES = os.cpu_count() or 1


class _RowChunks:
    """A sparse matrix in chunks of rows, multiplied on all cores. The result is exactly the same."""

    def __init__(self, matrix: csr_matrix, workers: ThreadPoolExecutor) -> None:
        cuts = np.linspace(0, matrix.shape[0], CORES + 1).astype(int)
        self._strips = [matrix[start:end] for start, end in pairwise(cuts)]
        self._workers = workers

    def __matmul__(self, other: np.ndarray) -> np.ndarray:
        # SciPy releases the GIL while it multiplies. Dense matrices need no chunks: NumPy has its own threads.
        return np.vstack(list(self._workers.map(lambda strip: strip @ other, self._strips)))


def fit(blocks: Sequence[Any], labels: np.ndarray, strength: float) -> tuple[np.ndarray, np.ndarray]:
    """Return (weights, intercepts): one row per feature, one column per label, labels sorted.

    Minimises the mean log loss of the lines + |w|² / (2 · strength · lines).

    `blocks`: matrices with one row per line. A single label gets one column of zeros.
    """
    names, places = np.unique(labels, return_inverse=True)
    weights_of_all = np.zeros((sum(block.shape[1] for block in blocks), len(names)), dtype=np.float32)
    if len(names) == 1:
        return weights_of_all, np.zeros(1)
    # A topic's lines use a tenth of all features: the weights of the others stay zero.
    used = [np.flatnonzero(np.asarray(abs(block).sum(axis=0)).ravel()) for block in blocks]
    parts = [block[:, columns].astype(np.float32) for block, columns in zip(blocks, used, strict=True)]
    starts = np.cumsum([0, *(block.shape[1] for block in blocks)])
    with ThreadPoolExecutor(CORES) as workers:
        table = _minimise(parts, places, len(names), strength, workers)
    weights_of_all[np.concatenate([columns + start for columns, start in zip(used, starts, strict=False)])] = table[:-1]
    return weights_of_all, table[-1]


def _minimise(
    parts: list[Any], places: np.ndarray, names: int, strength: float, workers: ThreadPoolExecutor
) -> np.ndarray:
    """Weights with the intercepts as the last row. `places`: the label's index of each line."""
    ahead = [_RowChunks(part, workers) if issparse(part) else part for part in parts]
    back = [_RowChunks(csr_matrix(part.T), workers) if issparse(part) else part.T for part in parts]
    widths, rows = [part.shape[1] for part in parts], np.arange(len(places))
    shape, ends = (sum(widths) + 1, names), np.cumsum(widths)[:-1]
    scale = _scale(parts, names, strength)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        table = flat.reshape(shape) * scale
        weights = np.split(table[:-1].astype(np.float32), ends)
        scores = table[-1] + sum(part @ own for part, own in zip(ahead, weights, strict=True))
        scores -= scores.max(axis=1, keepdims=True)
        probabilities = np.exp(scores)
        sums = probabilities.sum(axis=1, keepdims=True)
        cost = float((np.log(sums[:, 0]) - scores[rows, places]).sum())
        probabilities /= sums
        probabilities[rows, places] -= 1
        error = probabilities.astype(np.float32)
        gradient = np.vstack([*(part @ error for part in back), probabilities.sum(axis=0)[None]]).astype(np.float64)
        gradient[:-1] += table[:-1] / strength
        cost += float((table[:-1] ** 2).sum()) / (2 * strength)
        return cost / len(places), (gradient * scale).ravel() / len(places)

    found = minimize(
        loss,
        np.zeros(shape[0] * shape[1]),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": MAX_ITERATIONS, "gtol": TOLERANCE, "maxcor": 5},
    )
    return np.asarray(found.x.reshape(shape) * scale)


def _scale(parts: list[Any], names: int, strength: float) -> np.ndarray:
    """The unit of each feature's weights, as a column: 1/√(the diagonal of the loss's Hessian at zero weights).

    In these units, rare and frequent features curve the loss alike (a Jacobi preconditioner), and L-BFGS needs
    far fewer iterations (docs/nlu.md).
    """
    lines = parts[0].shape[0]
    squares = [part.multiply(part) if issparse(part) else part**2 for part in parts]
    means = np.concatenate([*(np.asarray(square.mean(axis=0)).ravel() for square in squares), [1]])
    return np.asarray(1 / np.sqrt(means * (names - 1) / names**2 + 1 / (strength * lines)))[:, None]
