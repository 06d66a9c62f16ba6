"""Topics whose questions have one reply each. Only the reply about cancelling an order also depends on its status."""

from actions.base import say_question
from actions.lookup_base import ORDER, LookupTopic
from actions.orders import order_values
from actions.parcel import state_of
from actions.topics import TOPIC_KEYS, intent_of
from actions.turn import Turn
from shop.order_card import card
from shop.records import OrderRecord

CANCEL = "cancel_order"


class Faq(LookupTopic[OrderRecord]):
    key = "facts"  # a stored name: of conversations, and of versions of the model
    lookup = ORDER
    record_questions = frozenset({"how", "not_shipped", "shipped"})

    async def answer_topic(self, turn: Turn, question: str) -> None:
        if intent_of(question) == CANCEL:
            await super().answer_topic(turn, question)
        else:
            say_question(turn, question)

    def is_answered_by_record(self, turn: Turn, question: str) -> bool:
        """Only if the customer gave a number or an e-mail: without them, the reply is the same for every order."""
        given = self.lookup.is_started(turn) or self.lookup.is_complete(turn)
        return given and super().is_answered_by_record(turn, question)

    async def answer_record(self, turn: Turn, record: OrderRecord, question: str) -> None:
        turn.set(topic=TOPIC_KEYS[CANCEL])
        turn.say(f"utter_cancel_order_{state_of(record)}", card=card(record), **order_values(record))
