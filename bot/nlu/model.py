"""The statistical model: classifies the topic of a message, then the question within the topic.

One multinomial logistic regression over the topics, and a small one per topic with several questions, on the feature
sets and the context. P(question) = P(topic) · P(question | topic), so that both rankings always agree. The nearest
training line of each question then moves both (nearest.py).
"""

import json
import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from bot.nlu import context
from bot.nlu.context import topic_of
from bot.nlu.features import FEATURE_SETS, ContextWords, Encoder, FeatureSet, Tfidf
from bot.nlu.nearest import Near, NearestLines, adjusted
from bot.nlu.regression import fit

CONTEXT, PAIRS = "context", "context_words"
# The rows of the n-gram sets have length 1, so the context weighs as much as two of them. Measured in docs/nlu.md.
CONTEXT_WEIGHT = 2.0
# Kind of line → number of other contexts in which a line without a context is trained too. Follow-ups have the most,
# because they mean the same after any answer.
OTHER_CONTEXTS = {"question": 0.3, "small_talk": 1, "follow_up": 4}
# Weight of one-word lines outside the topics: « bonjour » is one line, but thousands of other lines begin with it.
ONE_WORD_WEIGHT = 10

# Intents whose questions share no vocabulary: the intent's probability is that of its likeliest question.
UNRELATED = frozenset({"follow_up", "out_of_scope"})

# Topics with similar answers: their probabilities are added.
RELATED = {
    "ask_withdrawal": "ask_return_conditions",
    "ask_return_conditions": "ask_withdrawal",
    "where_is_parcel": "track_delivery",
    "track_delivery": "where_is_parcel",
}

Ranking = list[tuple[str, float]]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reading:
    """The topics and questions of one message with their probabilities, the likeliest first."""

    topics: Ranking
    questions: Ranking

    @property
    def question(self) -> tuple[str, float]:
        """The likeliest question of the likeliest topic, or of its related topic (RELATED)."""
        topic = self.topics[0][0]
        near = (topic, RELATED.get(topic))
        return next(found for found in self.questions if topic_of(found[0]) in near)


class Columns:
    """The columns of the scores: the topics in their order, then the questions in theirs."""

    def __init__(self, questions: Iterable[str]) -> None:
        self.questions = sorted(questions)
        self.topics = sorted(set(map(topic_of, self.questions)))
        place = {topic: column for column, topic in enumerate(self.topics)}
        # The column of each question's topic.
        self.topic_index = np.array([place[topic_of(question)] for question in self.questions], dtype=np.intp)
        self.unrelated = [place[topic] for topic in UNRELATED & set(self.topics)]


def _other_contexts(question: str, own: str | None) -> float:
    if own:
        return 0
    kind = "follow_up" if topic_of(question) == "follow_up" else "question" if "/" in question else "small_talk"
    return OTHER_CONTEXTS[kind]


class QuestionModel:
    """Ranks topics and questions. Deterministic: the same lines and settings give the same weights."""

    def __init__(self, feature_sets: list[str], strength: float, context_weight: float = CONTEXT_WEIGHT) -> None:
        """`strength`: inverse of the regularisation, as scikit-learn's C. `context_weight`: 0 ignores the context."""
        self._sets: dict[str, FeatureSet] = {name: FEATURE_SETS[name]() for name in feature_sets}
        self.strength = strength
        self._context_weight = context_weight
        self._contexts: dict[str, int] = {}
        self._pairs = ContextWords()
        self._columns = Columns([])
        self._weights: dict[str, np.ndarray] = {}
        self._bias = np.empty(0)
        self._nearest = NearestLines()

    @property
    def topics(self) -> list[str]:
        """The first columns of `scores`."""
        return self._columns.topics

    @property
    def questions(self) -> list[str]:
        """The other columns of `scores`."""
        return self._columns.questions

    def blocks(self, texts: Sequence[str], contexts: Sequence[str | None]) -> dict[str, Any]:
        """The features of each text in its context: one matrix per set, one row per text."""
        return self._text_blocks(texts) | self._context_blocks(texts, contexts)

    def scores(self, blocks: dict[str, Any]) -> np.ndarray:
        """The regressions' score of each topic, then of each question, for the rows of `blocks`."""
        return np.asarray(self._bias + self._scores(blocks))

    def similarities(self, blocks: dict[str, Any]) -> np.ndarray:
        """How near the nearest line of each question is to the rows of `blocks`: 0 without an encoder."""
        vectors = self._vectors(blocks)
        return self._nearest.similarities(vectors) if self._nearest else np.zeros((len(vectors), len(self.questions)))

    def similarity(self, of_line: dict[str, Any], blocks: dict[str, Any]) -> np.ndarray:
        """How near the rows of `blocks` are to one line."""
        return self._nearest.similarity(self._vectors(of_line)[0], self._vectors(blocks))

    def line_frequencies(self, contexts: Sequence[str | None]) -> dict[str, np.ndarray]:
        """{sparse block: the share of training lines that have each feature}. `contexts`: of the training lines."""
        counts = Counter(term for one in contexts for term in context.terms(one))
        found = {CONTEXT: np.array([counts[term] / max(len(contexts), 1) for term in self._contexts])}
        for name, features in (*self._sets.items(), (PAIRS, self._pairs)):
            if isinstance(features, Tfidf):
                found[name] = features.frequencies()
        return found

    def fit(self, texts: Sequence[str], contexts: Sequence[str | None], questions: Sequence[str]) -> None:
        """Train on three parallel sequences: lines, their contexts, their questions."""
        self._contexts = {
            term: place for place, term in enumerate(sorted({t for c in contexts for t in context.terms(c)}))
        }
        copies = [_other_contexts(*line) for line in zip(questions, contexts, strict=True)]
        spread = context.augment_with_contexts(texts, contexts, copies)
        spread += [(place, None) for place in _one_word(texts, contexts, questions)] * (ONE_WORD_WEIGHT - 1)
        rows = np.array([*range(len(texts)), *(place for place, _ in spread)])
        logger.info("Computing the features of %s lines…", f"{len(texts):,}")
        of_lines = {name: features.fit(list(texts)) for name, features in self._sets.items()}
        blocks = {name: matrix[rows] for name, matrix in of_lines.items()}
        all_contexts = [*contexts, *(one for _, one in spread)]
        blocks[CONTEXT] = self._context_rows(all_contexts)
        blocks[PAIRS] = self._pairs.fit(_context_pairs([texts[row] for row in rows], all_contexts))
        asked = np.array(questions)[rows]
        line_topics = np.array([topic_of(question) for question in asked])
        self._columns = Columns(set(questions))
        self._nearest.fit(self._vectors(of_lines), np.searchsorted(self.questions, questions))
        logger.info("Learning %d topics…", len(self.topics))
        columns, bias = fit(list(blocks.values()), line_topics, self.strength)
        logger.info("Learning %d questions…", len(self.questions))
        weights = [columns]
        for topic in self.topics:
            lines = np.flatnonzero(line_topics == topic)
            own = [block[lines] for block in blocks.values()]
            columns, intercept = fit(own, asked[lines], self.strength)
            weights.append(columns)
            bias = np.concatenate([bias, intercept])
        self._bias = bias
        ends = np.cumsum([block.shape[1] for block in blocks.values()])
        # Contiguous rows: a message has few of the features, and only their rows are read.
        table = np.ascontiguousarray(np.hstack(weights), dtype=np.float32)
        self._weights = dict(zip(blocks, np.split(table, ends[:-1]), strict=True))

    def read(self, texts: Sequence[str], contexts: Sequence[str | None]) -> list[Reading]:
        """What each text asks, in its own context."""
        return self.read_in_contexts(texts, [[one] for one in contexts])

    def read_in_contexts(self, texts: Sequence[str], contexts: Sequence[Sequence[str | None]]) -> list[Reading]:
        """What each text asks, averaged over all contexts that it may refer to."""
        # All texts at once: the encoder reads three almost as fast as one.
        row_of = [row for row, own in enumerate(contexts) for _ in own]
        in_context = self._context_scores([texts[row] for row in row_of], [one for own in contexts for one in own])
        text_scores, near = self._read_texts(texts)
        scores = text_scores[row_of] + in_context
        ends = np.cumsum([len(own) for own in contexts])
        return [self._mean_reading(*one) for one in zip(np.split(scores, ends[:-1]), near, strict=True)]

    def _mean_reading(self, scores: np.ndarray, near: Near | None) -> Reading:
        read = [self._probabilities(self._with_nearest(row, near)) for row in scores]
        topic_probabilities, question_probabilities = zip(*read, strict=True)
        return self._reading(np.mean(topic_probabilities, axis=0), np.mean(question_probabilities, axis=0))

    def _with_nearest(self, scores: np.ndarray, near: Near | None) -> np.ndarray:
        if near is None:
            return scores
        _, probabilities = self._probabilities(scores)
        return adjusted(scores, near.similarities(probabilities), self._columns.topic_index)

    def _read_texts(self, texts: Sequence[str]) -> tuple[np.ndarray, list[Near | None]]:
        """(the scores of the texts' own features, the texts among the training lines)"""
        blocks = self._text_blocks(texts)
        near = [self._nearest.near(vector) if self._nearest else None for vector in self._vectors(blocks)]
        return self._bias + self._scores(blocks), near

    def _text_blocks(self, texts: Sequence[str]) -> dict[str, Any]:
        return {name: features.transform(list(texts)) for name, features in self._sets.items()}

    def _vectors(self, blocks: dict[str, Any]) -> np.ndarray:
        """The encoder's rows; without columns if there is no encoder."""
        found = [blocks[name] for name, features in self._sets.items() if isinstance(features, Encoder)]
        return np.asarray(found[0] if found else np.empty((next(iter(blocks.values())).shape[0], 0)))

    def _context_scores(self, texts: Sequence[str], contexts: Sequence[str | None]) -> np.ndarray:
        return self._scores(self._context_blocks(texts, contexts))

    def _context_blocks(self, texts: Sequence[str], contexts: Sequence[str | None]) -> dict[str, Any]:
        """The features of the contexts, and of the texts' words in them."""
        pairs = self._pairs.transform(_context_pairs(texts, contexts))
        return {CONTEXT: self._context_rows(contexts), PAIRS: pairs}

    def _scores(self, blocks: dict[str, Any]) -> np.ndarray:
        # Convert to the precision of the weights: otherwise NumPy would convert a copy of all weights for each message.
        rows = {name: block.astype(np.float32, copy=False) for name, block in blocks.items()}
        return np.sum([block @ self._weights[name] for name, block in rows.items()], axis=0)

    def _probabilities(self, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(probability of each topic, probability of each question)"""
        count, topic_index = len(self.topics), self._columns.topic_index
        topic_probabilities = _softmax(scores[:count])
        powers = np.exp(np.clip(scores[count:], -50, 50))
        shares = powers / np.bincount(topic_index, weights=powers)[topic_index]
        question_probabilities = topic_probabilities[topic_index] * shares
        for topic in self._columns.unrelated:
            topic_probabilities[topic] = question_probabilities[topic_index == topic].max()
        return topic_probabilities, question_probabilities

    def _reading(self, topic_probabilities: np.ndarray, question_probabilities: np.ndarray) -> Reading:
        return Reading(_ranked(self.topics, topic_probabilities), _ranked(self.questions, question_probabilities))

    def _context_rows(self, contexts: Sequence[str | None]) -> csr_matrix:
        places = [[self._contexts[term] for term in context.terms(one) if term in self._contexts] for one in contexts]
        ends = np.cumsum([0, *map(len, places)])
        flat = np.array([place for row in places for place in row], dtype=np.intp)
        values = np.full(len(flat), self._context_weight)
        return csr_matrix((values, flat, ends), shape=(len(places), len(self._contexts)))

    def save(self, folder: Path) -> None:
        for name, features in self._sets.items():
            features.save(folder / name)
        self._pairs.save(folder / PAIRS)
        names = {"questions": self.questions, "contexts": self._contexts}
        (folder / "names.json").write_text(json.dumps(names))
        np.savez(folder / "regression.npz", bias=self._bias, **self._weights)
        self._nearest.save(folder / "nearest.npz")

    def load(self, folder: Path) -> None:
        for name, features in self._sets.items():
            features.load(folder / name)
        self._pairs.load(folder / PAIRS)
        names = json.loads((folder / "names.json").read_text())
        self._columns, self._contexts = Columns(names["questions"]), names["contexts"]
        with np.load(folder / "regression.npz", allow_pickle=False) as regression:
            self._bias = regression["bias"]
            self._weights = {name: regression[name] for name in [*self._sets, CONTEXT, PAIRS]}
        self._nearest.load(folder / "nearest.npz")


def _context_pairs(texts: Sequence[str], contexts: Sequence[str | None]) -> list[str]:
    return [context.context_pairs(text, one) for text, one in zip(texts, contexts, strict=True)]


def _one_word(texts: Sequence[str], contexts: Sequence[str | None], questions: Sequence[str]) -> list[int]:
    """Indices of the one-word lines without a context that belong to no topic (« bonjour », « stop »).

    `inform` is left out, because normalisation maps all numbers to the same word, « identifiant ».
    """
    lines = zip(texts, contexts, questions, strict=True)
    return [
        place
        for place, (text, one, question) in enumerate(lines)
        if one is None
        and len(text.split()) == 1
        and ("/" not in question or topic_of(question) == "affirm")
        and question != "inform"
    ]


def _softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum())


def _ranked(names: list[str], probabilities: np.ndarray) -> Ranking:
    return [(names[i], float(probabilities[i])) for i in np.argsort(-probabilities, kind="stable")]
