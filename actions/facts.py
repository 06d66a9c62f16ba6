"""Topics whose answer needs no order and no choice: the reply named by the stem says it all."""

from actions.base import TopicAction
from actions.topics import STEMS
from actions.turn import Turn


class Facts(TopicAction):
    stem = "facts"

    def stem_of(self, turn: Turn) -> str:
        return STEMS[turn.slot("asked_intent") or turn.intent]

    async def about(self, turn: Turn) -> None:
        turn.say(f"utter_{self.stem_of(turn)}")
