"""Questions that no fact answers."""

from actions.base import BotAction
from actions.contacts import give_contacts
from actions.turn import Turn


class OutOfScope(BotAction):
    def name(self) -> str:
        return "action_out_of_scope"

    async def answer(self, turn: Turn) -> None:
        turn.say("utter_out_of_scope")
        give_contacts(turn)
