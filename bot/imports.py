"""Rasa without TensorFlow, which nothing of this bot computes with.

Every part of Rasa names `rasa.utils.train_utils`, which imports TensorFlow: half of the imports' time, and 345 MB.
Loaded at its first use, it is never loaded here (docs/performance.md).
"""

import importlib.util
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder

POSTPONED = {"rasa.utils.train_utils"}


class Postponing(PathFinder):
    """Finds the modules of POSTPONED, so that their first use loads them and not their import."""

    @classmethod
    def find_spec(cls, name: str, path: Sequence[str] | None = None, target: object = None) -> ModuleSpec | None:
        if name not in POSTPONED:
            return None
        spec = super().find_spec(name, path)
        if spec and spec.loader:
            spec.loader = importlib.util.LazyLoader(spec.loader)
        return spec


def postpone() -> None:
    """Before Rasa is imported."""
    sys.meta_path.insert(0, Postponing)
