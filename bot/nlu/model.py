"""The statistical model: feature sets side by side, one multinomial logistic regression over them."""

import json
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from bot.nlu.features import FEATURE_SETS, FeatureSet

Ranking = list[tuple[str, float]]


class IntentModel:
    """Ranks intents for texts. Deterministic: the same lines and settings give the same weights."""

    def __init__(self, feature_sets: list[str], strength: float) -> None:
        """`strength`: the inverse of regularisation, scikit-learn's C."""
        self._sets: dict[str, FeatureSet] = {name: FEATURE_SETS[name]() for name in feature_sets}
        self._strength = strength
        self._intents: list[str] = []
        self._weights = np.empty((0, 0))
        self._bias = np.empty(0)

    def fit(self, texts: list[str], intents: list[str]) -> None:
        for features in self._sets.values():
            features.fit(texts)
        regression = LogisticRegression(C=self._strength, max_iter=1000)
        regression.fit(self._matrix(texts), intents)
        self._intents = list(regression.classes_)
        self._weights, self._bias = regression.coef_, regression.intercept_

    def rank(self, texts: list[str]) -> list[Ranking]:
        """For each text, every intent with its probability, the likeliest first."""
        scores = self._matrix(texts) @ self._weights.T + self._bias
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        rows = powers / powers.sum(axis=1, keepdims=True)
        return [[(self._intents[i], float(row[i])) for i in np.argsort(-row, kind="stable")] for row in rows]

    def save(self, folder: Path) -> None:
        for name, features in self._sets.items():
            features.save(folder / name)
        (folder / "intents.json").write_text(json.dumps(self._intents))
        np.savez(folder / "regression.npz", weights=self._weights, bias=self._bias)

    def load(self, folder: Path) -> None:
        for name, features in self._sets.items():
            features.load(folder / name)
        self._intents = json.loads((folder / "intents.json").read_text())
        with np.load(folder / "regression.npz", allow_pickle=False) as regression:
            self._weights, self._bias = regression["weights"], regression["bias"]

    def _matrix(self, texts: list[str]) -> csr_matrix:
        return hstack([features.transform(texts) for features in self._sets.values()], format="csr")
