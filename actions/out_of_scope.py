"""Questions that no fact answers: one sentence, and where to turn."""

from actions.base import BotAction, say_question
from actions.turn import Turn

INSULT = "out_of_scope/insult"


class OutOfScope(BotAction):
    def name(self) -> str:
        return "action_out_of_scope"

    async def answer(self, turn: Turn) -> None:
        question = turn.slot("asked_question") or turn.question
        if question == INSULT:
            turn.say("utter_insult")
            return
        turn.set(question=question)
        say_question(turn, question)
