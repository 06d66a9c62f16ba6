"""Topics with static answers, which depend on no order and no choice: each question has one reply."""

from actions.base import TopicAction, say_question
from actions.turn import Turn


class Faq(TopicAction):
    key = "facts"

    async def answer_topic(self, turn: Turn, question: str) -> None:
        say_question(turn, question)
