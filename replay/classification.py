"""Classifies stored messages again with a model's file, each with the bot's state before it.

It runs the graph's own components in the graph's order, so the results are the bot's. What is expensive is computed for
a batch at once, and what depends on the text alone, once for all models: its normal form, parts and terms, and the
encoder's vector.
"""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from inspect import signature
from itertools import chain
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphSchema, SchemaNode
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import csr_matrix

from bot import model_checksum
from bot.nlu import context, features, message_parts
from bot.nlu.features import FeatureSet, Tfidf, UniversalSentenceEncoder, _use
from bot.nlu.model import QuestionModel, Ranking, Reading
from bot.nlu.nearest import Near
from bot.nlu.question_classifier import QuestionClassifier
from bot.nlu.text import names_order, normalised

# Cache size: the texts of a batch and its neighbours.
TEXTS = 50_000
Parsed = dict[str, Any]


@dataclass(frozen=True)
class Before:
    """The bot's state before a message, in place of Rasa's tracker for the components.

    `said`: the message before it, and `several`: that message's questions, if it had more than one.
    """

    slots: dict[str, Any] = field(default_factory=dict)
    form: str = ""
    said: str = ""
    several: tuple[str, ...] = ()

    @property
    def active_loop_name(self) -> str | None:
        return self.form or None

    @property
    def latest_message(self) -> SimpleNamespace:
        parsed = {"question": "".join(self.several[:1]), "further_questions": self.several[1:]}
        return SimpleNamespace(text=self.said, parse_data=parsed)

    def current_slot_values(self) -> dict[str, Any]:
        return self.slots


class Pipeline:
    """The components of a model's file that read a message."""

    def __init__(self, archive: Path, sha256: str, vectors: dict[str, np.ndarray]) -> None:
        """`vectors`: the encoder's, of normalised texts; all pipelines may share them. Raises UntrustedModel."""
        with model_checksum.verified_copy(archive, sha256) as copy, tempfile.TemporaryDirectory() as folder:
            storage, metadata = LocalModelStorage.from_model_archive(Path(folder), Path(copy))
            context = ExecutionContext(metadata.predict_schema, metadata.model_id)
            self._components = [
                _loaded(node, storage, context, vectors) for node in _reading_nodes(metadata.predict_schema)
            ]

    def read(self, texts: Sequence[str], befores: Sequence[Before]) -> list[Parsed]:
        """The parse data of each text, equal to the bot's."""
        messages = [Message({TEXT: text}) for text in texts]
        for component in self._components:
            if isinstance(component, _Classifier):
                component.prepare((message.get(TEXT) or "" for message in messages), befores)
            if "tracker" in signature(component.process).parameters:
                for message, before in zip(messages, befores, strict=True):
                    component.process([message], before)
            else:
                component.process(messages)
        return [message.as_dict(only_output_properties=True) for message in messages]


def remember_texts() -> None:
    """Let this process compute once for all models what depends on a text alone."""
    for module, name in (
        (features, "normalised"), (context, "normalised"), (message_parts, "parts"), (message_parts, "subject"),
        (message_parts, "corrected_subject"), (message_parts, "asked_again"),
    ):  # fmt: skip
        setattr(module, name, lru_cache(TEXTS)(getattr(module, name)))


class _Encoder(UniversalSentenceEncoder):
    """Encodes a text once for all models, on one core: each core has a process of its own."""

    def __init__(self, vectors: dict[str, np.ndarray]) -> None:
        super().__init__()
        self._vectors = vectors

    def encode(self, texts: list[str]) -> np.ndarray:
        if new := [text for text in dict.fromkeys(texts) if text not in self._vectors]:
            self._vectors.update(zip(new, _use().encode(new), strict=True))
        return np.array([self._vectors[text] for text in texts])


class _Ngrams(FeatureSet):
    """The same matrix as that of a TF-IDF set, computed for all rows at once."""

    def __init__(self, features: Tfidf) -> None:
        self._features = features

    def fit(self, texts: list[str]) -> csr_matrix:
        return self._features.fit(texts)

    def load(self, path: Path) -> None:
        self._features.load(path)

    def transform(self, texts: list[str]) -> csr_matrix:
        place_of, idf, terms = self._features._places.get, self._features._idf, _terms_of(type(self._features))
        known = [
            [place for place in map(place_of, terms(text)) if place is not None]
            for text in self._features.preprocess(texts)
        ]
        ends = np.cumsum([0, *map(len, known)])
        places = np.fromiter(chain.from_iterable(known), np.intp, ends[-1])
        rows = csr_matrix((np.ones(len(places)), places, ends), shape=(len(texts), len(idf)))
        rows.sum_duplicates()
        rows.data = (1 + np.log(rows.data)) * idf[rows.indices]
        norms = np.sqrt(rows.multiply(rows).sum(axis=1).A1)
        rows.data /= np.repeat(norms, np.diff(rows.indptr))
        return rows


@cache
def _terms_of(kind: type[Tfidf]) -> Callable[[str], list[str]]:
    """The terms of a text; they do not depend on what a model learnt."""
    return lru_cache(TEXTS)(kind()._terms)


class _Model(QuestionModel):
    """A model that computes the scores of prepared texts, and of texts in their contexts, for a batch at once."""

    def __init__(self, config: dict[str, Any], vectors: dict[str, np.ndarray]) -> None:
        super().__init__(config["features"], config["strength"], config["context_weight"])
        self._sets = {name: _Ngrams(one) if isinstance(one, Tfidf) else one for name, one in self._sets.items()}
        if "use" in self._sets:
            self._sets["use"] = _Encoder(vectors)
        self._pairs: Any = _Ngrams(self._pairs)
        self._of_text: dict[str, tuple[np.ndarray, Near | None]] = {}
        self._of_context: dict[tuple[str, str | None], np.ndarray] = {}

    def prepare(self, asked: Iterable[tuple[str, str | None]]) -> None:
        """Compute the scores of these (text, context), in place of the previous ones.

        Texts with the same normal form share them.
        """
        pairs = [*dict.fromkeys(asked)]
        forms = {text: normalised(text) for text, _ in pairs}
        first = {form: text for text, form in forms.items()}
        self._of_text = {}
        read = zip(*super()._read_texts(list(first.values())), strict=True) if first else ()
        rows = dict(zip(first, read, strict=True))
        self._of_text = {text: rows[form] for text, form in forms.items()}
        self._of_context = {}
        in_contexts: Any = super()._context_scores(*zip(*pairs, strict=True)) if pairs else []
        self._of_context = dict(zip(pairs, in_contexts, strict=True))

    def _read_texts(self, texts: Sequence[str]) -> tuple[np.ndarray, list[Near | None]]:
        if any(text not in self._of_text for text in texts):
            return super()._read_texts(texts)
        scores, near = zip(*(self._of_text[text] for text in texts), strict=True)
        return np.array(scores), list(near)

    def _context_scores(self, texts: Sequence[str], contexts: Sequence[str | None]) -> np.ndarray:
        pairs = [*zip(texts, contexts, strict=True)]
        if any(pair not in self._of_context for pair in pairs):
            return super()._context_scores(texts, contexts)
        return np.array([self._of_context[pair] for pair in pairs])


class _Classifier(QuestionClassifier):
    """A classifier that uses prepared scores."""

    def __init__(self, config: dict[str, Any], *stored: Any) -> None:
        super().__init__(config, *stored)
        self._model: _Model = _Model(config, config["vectors"])

    def prepare(self, texts: Iterable[str], befores: Iterable[Before]) -> None:
        """Compute the scores of these messages and their parts in one batch."""
        self._model.prepare(
            (part, None if part is not text and names_order(part) else one)
            for text, before in zip(texts, befores, strict=True)
            for one in context.possible_contexts(before, text)  # type: ignore[arg-type]
            for part in _read_of(text)
        )

    def _with_follow_up(self, whole: Reading, pieces: list[str]) -> Ranking:
        """Reading the parts once more changes nothing if none of them asks."""
        return super()._with_follow_up(whole, pieces) if any(map(message_parts.asks, pieces[1:])) else []


def _read_of(text: str) -> list[str]:
    """The texts of a message that the classifier reads: the whole, its parts, its subject and the rest."""
    return [text, *message_parts.parts(text), *(message_parts.subject(text) or ())]


def _reading_nodes(schema: GraphSchema) -> list[SchemaNode]:
    """The graph's nodes in order: each takes the messages of the previous one.

    The last node, which only reads commands (« /restart »), is left out.
    """
    found = {node.needs["messages"]: (name, node) for name, node in schema.nodes.items() if "messages" in node.needs}
    place, nodes = "nlu_message_converter", []
    while place in found:
        place, node = found[place]
        nodes.append(node)
    return nodes[:-1]


def _loaded(
    node: SchemaNode, storage: LocalModelStorage, context: ExecutionContext, vectors: dict[str, np.ndarray]
) -> Any:
    is_classifier = node.uses is QuestionClassifier
    component = _Classifier if is_classifier else node.uses
    config = component.get_default_config() | node.config | ({"vectors": vectors} if is_classifier else {})
    return component.load(config, storage, node.resource, context)
