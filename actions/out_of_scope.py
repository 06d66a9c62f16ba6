"""Questions outside the bot's scope: one sentence, and where to turn."""

from actions import tone, topics
from actions.base import BotAction, chain_to, say_question
from actions.turn import SURE, Turn

INSULT, OTHER = "out_of_scope/insult", "out_of_scope/other"


class OutOfScope(BotAction):
    def name(self) -> str:
        return "action_out_of_scope"

    async def answer(self, turn: Turn) -> None:
        question, *further = turn.pending_questions() or turn.questions
        if question == INSULT and (turn.probability_of(INSULT) >= SURE or tone.angry(turn.message)):
            turn.say("utter_insult", others=[topics.button(other) for other in turn.alternatives(INSULT)])
            return
        question = OTHER if question == INSULT else question
        turn.set(question=question)
        say_question(turn, question)
        chain_to(turn, further)
