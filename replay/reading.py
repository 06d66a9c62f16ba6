"""Classifies stored messages again with a model's file, each with the bot's state before it.

It runs the graph's own components in the graph's order, so the results are the bot's. The most expensive parts, the
sentence encoder and the n-grams, are computed in batches, and the encoder's vectors once for all models.
"""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from inspect import signature
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphSchema, SchemaNode
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot import model_checksum
from bot.nlu import message_parts
from bot.nlu.features import UniversalSentenceEncoder
from bot.nlu.model import QuestionModel
from bot.nlu.question_classifier import QuestionClassifier
from bot.nlu.text import normalised

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
                component.prepare(message.get(TEXT) or "" for message in messages)
            if "tracker" in signature(component.process).parameters:
                for message, before in zip(messages, befores, strict=True):
                    component.process([message], before)
            else:
                component.process(messages)
        return [message.as_dict(only_output_properties=True) for message in messages]


class _Encoder(UniversalSentenceEncoder):
    """Encodes a text once for all models."""

    def __init__(self, vectors: dict[str, np.ndarray]) -> None:
        super().__init__()
        self._vectors = vectors

    def encode(self, texts: list[str]) -> np.ndarray:
        if new := [text for text in dict.fromkeys(texts) if text not in self._vectors]:
            self._vectors.update(zip(new, super().encode(new), strict=True))
        return np.array([self._vectors[text] for text in texts])


class _Model(QuestionModel):
    """A model that caches the scores of prepared texts."""

    def __init__(self, config: dict[str, Any], vectors: dict[str, np.ndarray]) -> None:
        super().__init__(config["features"], config["strength"], config["context_weight"])
        if "use" in self._sets:
            self._sets["use"] = _Encoder(vectors)
        self._prepared: dict[str, np.ndarray] = {}

    @cached_property
    def _topics(self) -> list[str]:  # type: ignore[override]
        return super()._topics

    def prepare(self, texts: Iterable[str]) -> None:
        """Compute these texts' scores, in place of the previous ones. Texts with the same normal form share them."""
        forms = {text: normalised(text) for text in texts}
        first = {form: text for text, form in forms.items()}
        rows = dict(zip(first, super()._text_scores(list(first.values())), strict=True)) if first else {}
        self._prepared = {text: rows[form] for text, form in forms.items()}

    def _text_scores(self, texts: Sequence[str]) -> np.ndarray:
        if any(text not in self._prepared for text in texts):
            return super()._text_scores(texts)
        return np.array([self._prepared[text] for text in texts])


class _Classifier(QuestionClassifier):
    """A classifier that uses prepared scores."""

    def __init__(self, config: dict[str, Any], *stored: Any) -> None:
        super().__init__(config, *stored)
        self._model: _Model = _Model(config, config["vectors"])

    def prepare(self, texts: Iterable[str]) -> None:
        """Compute the scores of these messages and their parts in one batch."""
        self._model.prepare(dict.fromkeys(one for text in texts for one in _read_of(text)))


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
