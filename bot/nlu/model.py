"""The statistical model: feature sets side by side, one multinomial logistic regression over them."""

import json
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from bot.nlu.features import FEATURE_SETS, FeatureSet

# Of the gradient's sum over all lines, in this scikit-learn: with some thousand lines stricter than the mean of 0.0001
# that later ones ask for, and a third less to wait for than with its own default.
TOLERANCE = 0.1

Ranking = list[tuple[str, float]]


class IntentModel:
    """Ranks intents for texts. Deterministic: the same lines and settings give the same weights."""

    def __init__(self, feature_sets: list[str], strength: float) -> None:
        """`strength`: the inverse of regularisation, scikit-learn's C."""
        self._sets: dict[str, FeatureSet] = {name: FEATURE_SETS[name]() for name in feature_sets}
        self._strength = strength
        self._intents: list[str] = []
        # A block of rows a feature set, one column an intent.
        self._weights: dict[str, np.ndarray] = {}
        self._bias = np.empty(0)

    def fit(self, texts: list[str], intents: list[str]) -> None:
        matrices = [csr_matrix(features.fit(texts)) for features in self._sets.values()]
        regression = LogisticRegression(C=self._strength, tol=TOLERANCE, max_iter=1000)
        regression.fit(hstack(matrices, format="csr"), intents)
        self._intents, self._bias = list(regression.classes_), regression.intercept_
        ends = np.cumsum([matrix.shape[1] for matrix in matrices])
        # Rows that lie together in memory: a message has a few features of many, and reads only their rows.
        blocks = np.split(np.ascontiguousarray(regression.coef_.T), ends[:-1])
        self._weights = dict(zip(self._sets, blocks, strict=True))

    def rank(self, texts: list[str]) -> list[Ranking]:
        """For each text, every intent with its probability, the likeliest first."""
        scores = self._bias + sum(
            features.transform(texts) @ self._weights[name] for name, features in self._sets.items()
        )
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        rows = powers / powers.sum(axis=1, keepdims=True)
        return [[(self._intents[i], float(row[i])) for i in np.argsort(-row, kind="stable")] for row in rows]

    def save(self, folder: Path) -> None:
        for name, features in self._sets.items():
            features.save(folder / name)
        (folder / "intents.json").write_text(json.dumps(self._intents))
        np.savez(folder / "regression.npz", bias=self._bias, **self._weights)

    def load(self, folder: Path) -> None:
        for name, features in self._sets.items():
            features.load(folder / name)
        self._intents = json.loads((folder / "intents.json").read_text())
        with np.load(folder / "regression.npz", allow_pickle=False) as regression:
            self._bias = regression["bias"]
            self._weights = {name: regression[name] for name in self._sets}
