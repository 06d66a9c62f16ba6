"""Cancelling an order: no fact says how, so the bot says that, and who knows."""

from actions.base import TopicAction
from actions.contacts import give_contacts
from actions.turn import Turn


class OrderCancellation(TopicAction):
    stem = "order_cancellation"

    async def about(self, turn: Turn) -> None:
        turn.say("utter_order_cancellation")
        give_contacts(turn)
