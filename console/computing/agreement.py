"""How much two judges agree beyond chance."""

import math

from sklearn.metrics import cohen_kappa_score


def kappa(pairs: list[tuple[str, str]]) -> float | None:
    """Cohen's kappa (1960); None if it is not defined, as when both chose one question only."""
    found = float(cohen_kappa_score(*zip(*pairs, strict=True)))
    return None if math.isnan(found) else found
