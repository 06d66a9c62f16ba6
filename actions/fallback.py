"""When the bot does not understand, it offers the likeliest questions; the second time in a row, a person."""

from actions import tone, topics
from actions.base import BotAction
from actions.corrections import hand_over, is_repeated_fallback, runner_up
from actions.danger import stays_in_danger
from actions.device_accounts import answer_from_elsewhere
from actions.turn import Turn

MAX_CHOICES = 3
# Minimum probability of a question that is offered as a button.
MIN_TO_OFFER = 0.03


class Disambiguate(BotAction):
    """« De quoi s'agit-il ? »"""

    def name(self) -> str:
        return "action_ask_back"  # a stored name: of conversations, and of versions of the model

    async def answer(self, turn: Turn) -> None:
        if stays_in_danger(turn):
            turn.say("utter_danger")  # « vous pouvez m'aider ? » is about the danger: offer no choice
            return
        if not turn.form and answer_from_elsewhere(turn):
            return
        if is_repeated_fallback(turn):
            hand_over(turn)
            return
        choices = likely_questions(turn)
        if turn.form:
            return  # the form asks again, in other words
        if choices and tone.corrects(turn.message):
            turn.say("utter_not_that_what", buttons=[topics.button(question) for question in choices])
        elif choices:
            turn.say("utter_ask_back", buttons=[topics.button(question) for question in choices])
        else:
            turn.say("utter_ask_rephrase")


class Clarify(BotAction):
    """The customer did not understand the bot."""

    def name(self) -> str:
        return "action_clarify"

    async def answer(self, turn: Turn) -> None:
        if is_repeated_fallback(turn):
            hand_over(turn)
        elif turn.slot("question") and not turn.form:
            turn.then("action_follow_up")  # repeats the last answer in other words
        else:
            turn.say("utter_clarify")


class Repair(BotAction):
    """« C'est pas ma question »: answers the next likeliest question of the previous message instead."""

    def name(self) -> str:
        return "action_repair"

    async def answer(self, turn: Turn) -> None:
        turn.leave_form()
        other = runner_up(turn)
        if other is None:
            if is_repeated_fallback(turn):
                hand_over(turn)
            else:
                turn.say("utter_repair_what")
            return
        turn.answer_next(other)


def likely_questions(turn: Turn) -> list[str]:
    """The support questions to offer, the likeliest first."""
    ranked = (question for question, probability in turn.question_ranking if probability >= MIN_TO_OFFER)
    likely = (question for question in ranked if question != turn.slot("question") or not tone.corrects(turn.message))
    return [question for question in likely if topics.can_be_offered(question)][:MAX_CHOICES]
