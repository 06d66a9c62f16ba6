"""Topics whose answers need no order and no choice: the reply named by the question says it all."""

from actions.base import TopicAction, say_question
from actions.turn import Turn


class Faq(TopicAction):
    key = "facts"

    async def answer_topic(self, turn: Turn, question: str) -> None:
        say_question(turn, question)
