"""At most one entity of each name a message: the first. Two would fill a text slot with a list."""

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.component import Stateless


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class FirstOfEachEntity(Stateless):
    """Stands after the extractors. Where two spans of one name overlap, the longer one counts."""

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            found = sorted(message.get(ENTITIES) or [], key=lambda e: (e["start"], -e["end"]))
            first = {entity["entity"]: entity for entity in reversed(found)}
            message.set(ENTITIES, sorted(first.values(), key=lambda e: e["start"]), add_to_output=True)
        return messages
