"""Multinomial logistic regression over blocks of features, some sparse and some dense, each multiplied as what it is.

scikit-learn's own puts all into one sparse matrix of doubles: with a sentence encoder beside the n-grams that takes
five times as long for the same weights (docs/nlu.md).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, issparse

# Of the gradient's largest component, a line. Later decimals change no reading.
TOLERANCE = 1e-5
MOST_ITERATIONS = 80


def fit(blocks: Sequence[Any], labels: np.ndarray, strength: float) -> tuple[np.ndarray, np.ndarray]:
    """(weights: a row a feature, a column a label, sorted; intercepts).

    Minimises the mean of the lines' log loss + |w|² / (2 · strength · lines).

    `blocks`: matrices with one row a line. A single label gets one column of zeros.
    """
    names, places = np.unique(labels, return_inverse=True)
    # A topic's lines hold a tenth of all features: the weights of the others are zero.
    used = [np.flatnonzero(np.asarray(abs(block).sum(axis=0)).ravel()) for block in blocks]
    parts = [block[:, columns].astype(np.float32) for block, columns in zip(blocks, used, strict=True)]
    transposed = [csr_matrix(part.T) if issparse(part) else part.T for part in parts]
    lines, widths = len(labels), [part.shape[1] for part in parts]
    shape = (sum(widths) + 1, len(names))
    places_used = np.concatenate(
        [columns + start for columns, start in zip(used, np.cumsum([0, *(b.shape[1] for b in blocks)]), strict=False)]
    )
    weights_of_all = np.zeros((sum(block.shape[1] for block in blocks), len(names)), dtype=np.float32)
    if len(names) == 1:
        return weights_of_all, np.zeros(1)
    ends = np.cumsum(widths)[:-1]
    rows = np.arange(lines)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        table = flat.reshape(shape)
        weights = np.split(table[:-1].astype(np.float32), ends)
        scores = table[-1] + sum(part @ own for part, own in zip(parts, weights, strict=True))
        scores -= scores.max(axis=1, keepdims=True)
        shares = np.exp(scores)
        sums = shares.sum(axis=1, keepdims=True)
        cost = float((np.log(sums[:, 0]) - scores[rows, places]).sum())
        shares /= sums
        shares[rows, places] -= 1
        error = shares.astype(np.float32)
        gradient = np.vstack([*(other @ error for other in transposed), shares.sum(axis=0)[None]]).astype(np.float64)
        gradient[:-1] += table[:-1] / strength
        cost += float((table[:-1] ** 2).sum()) / (2 * strength)
        return cost / lines, gradient.ravel() / lines

    found = minimize(
        loss,
        np.zeros(shape[0] * shape[1]),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": MOST_ITERATIONS, "gtol": TOLERANCE, "maxcor": 5},
    )
    table = found.x.reshape(shape)
    weights_of_all[places_used] = table[:-1]
    return weights_of_all, table[-1]
