"""Not understood: a question with up to three choices, and a person at the second time in a row."""

from actions import topics
from actions.base import BotAction
from actions.contacts import give_contacts
from actions.turn import Turn

# « Parlez-vous de… ? », and all replies to what was not understood, on one side or the other.
TOPICS_OFFERED = frozenset({"utter_ask_back", "utter_ask_back_one"})
ASKED_BACK = TOPICS_OFFERED | {"utter_ask_rephrase", "utter_clarify"}
MAX_CHOICES = 3
# A runner-up less likely than this is no help as a choice.
WORTH_ASKING = 0.04


class AskBack(BotAction):
    """« Parlez-vous de… ? »"""

    def name(self) -> str:
        return "action_ask_back"

    async def answer(self, turn: Turn) -> None:
        if second_in_a_row(turn):
            hand_to_a_person(turn)
            return
        choices = likely_topics(turn)
        if not choices:
            turn.say("utter_ask_rephrase")
            return
        turn.say(
            "utter_ask_back" if len(choices) > 1 else "utter_ask_back_one",
            title=topics.titles()[choices[0]],
            buttons=[topics.button(intent) for intent in choices],
        )
        turn.set(offer=choices[0] if len(choices) == 1 else None)


class Clarify(BotAction):
    """The customer did not understand the bot."""

    def name(self) -> str:
        return "action_clarify"

    async def answer(self, turn: Turn) -> None:
        if second_in_a_row(turn):
            hand_to_a_person(turn)
        else:
            turn.say("utter_clarify")


def second_in_a_row(turn: Turn) -> bool:
    """Was the customer's message before this one not understood either?"""
    return not ASKED_BACK.isdisjoint(turn.last_answer())


def hand_to_a_person(turn: Turn) -> None:
    turn.leave_form()
    turn.say("utter_not_understood_again")
    give_contacts(turn)


def likely_topics(turn: Turn) -> list[str]:
    """The support intents worth offering, the likeliest first."""
    likely = [r["name"] for r in turn.ranking if r["name"] in topics.STEMS and r["confidence"] >= WORTH_ASKING]
    return likely[:MAX_CHOICES]
