"""Reads kept messages again with a model's file, each as it was written: with what the bot held before it.

The graph's own components read, in the graph's order, so that a message is read as the bot reads it. What costs most,
the sentence encoder and the n-grams, is computed for many texts at once, and the encoder's vectors once for all models.
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
    """What the bot held when a message came: what the components read of Rasa's tracker.

    `said`: the message before, and `several`: its questions, if it had more than one.
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
        """The parse data of each text, as the bot's own."""
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
    """Knows the scores of the texts that were prepared."""

    def __init__(self, config: dict[str, Any], vectors: dict[str, np.ndarray]) -> None:
        super().__init__(config["features"], config["strength"], config["context_weight"])
        if "use" in self._sets:
            self._sets["use"] = _Encoder(vectors)
        self._prepared: dict[str, np.ndarray] = {}

    @cached_property
    def _topics(self) -> list[str]:  # type: ignore[override]
        return super()._topics

    def prepare(self, texts: Iterable[str]) -> None:
        """In place of the last ones. Texts with one normal form have the same features."""
        forms = {text: normalised(text) for text in texts}
        first = {form: text for text, form in forms.items()}
        rows = dict(zip(first, super()._text_scores(list(first.values())), strict=True)) if first else {}
        self._prepared = {text: rows[form] for text, form in forms.items()}

    def _text_scores(self, texts: Sequence[str]) -> np.ndarray:
        if any(text not in self._prepared for text in texts):
            return super()._text_scores(texts)
        return np.array([self._prepared[text] for text in texts])


class _Classifier(QuestionClassifier):
    """Reads prepared messages."""

    def __init__(self, config: dict[str, Any], *stored: Any) -> None:
        super().__init__(config, *stored)
        self._model: _Model = _Model(config, config["vectors"])

    def prepare(self, texts: Iterable[str]) -> None:
        """These messages and their parts, all at once."""
        self._model.prepare(dict.fromkeys(one for text in texts for one in _read_of(text)))


def _read_of(text: str) -> list[str]:
    """What the classifier reads of a message: the whole, its parts, its subject and what is said of it."""
    return [text, *message_parts.parts(text), *(message_parts.subject(text) or ())]


def _reading_nodes(schema: GraphSchema) -> list[SchemaNode]:
    """Each node takes the messages of the one before; the last one only reads commands (« /restart »)."""
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
