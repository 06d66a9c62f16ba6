"""The first component of the pipeline: cleans the text and limits its length for all the others."""

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import Stateless
from bot.nlu.text import cleaned


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class TextCleaner(Stateless):
    """Replaces the message's text by the cleaned one."""

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            message.set(TEXT, cleaned(message.get(TEXT) or ""), add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data
