"""Questions outside the bot's scope: one sentence, and where to turn."""

import re
from functools import cache
from pathlib import Path

import yaml

from actions import tone, topics
from actions.base import BotAction, chain_to, say_question
from actions.turn import SURE, Turn
from shop.unicode import without_accents

SUBJECTS = Path(__file__).with_name("shop_subjects.yml")
INSULT, OTHER = "out_of_scope/insult", "out_of_scope/other"


class OutOfScope(BotAction):
    def name(self) -> str:
        return "action_out_of_scope"

    async def answer(self, turn: Turn) -> None:
        question, *further = turn.pending_questions() or turn.questions
        angry = tone.angry(turn.message)
        if (question == INSULT and turn.probability_of(INSULT) >= SURE) or (angry and question in (INSULT, OTHER)):
            turn.say("utter_insult", others=[topics.button(other) for other in turn.alternatives(INSULT)])
            return
        question = OTHER if question == INSULT else question
        tone.apologise(turn, turn.question)
        turn.set(question=question)
        say_question(turn, question, subject=shop_subject(turn.message))
        chain_to(turn, further)


def shop_subject(text: str) -> str | None:
    """The subject of a question about the shop, as the reply names it; None if no pattern matches."""
    read = without_accents(text.replace("’", "'"))
    return next((subject for subject, words in _subjects() if words.search(read)), None)


@cache
def _subjects() -> list[tuple[str, re.Pattern[str]]]:
    loaded: dict[str, str] = yaml.load(SUBJECTS.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return [(subject, re.compile(words)) for subject, words in loaded.items()]
