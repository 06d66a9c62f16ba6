"""When the bot does not understand, it offers the likeliest questions; the second time in a row, a person."""

from actions import topics
from actions.base import BotAction
from actions.contacts import give_contacts
from actions.turn import Turn

# Every reply that says that the bot or the customer did not understand.
FALLBACK_REPLIES = frozenset({"utter_ask_back", "utter_ask_rephrase", "utter_clarify", "utter_repair_what"})
MAX_CHOICES = 3
# Minimum probability of a question that is offered as a button.
MIN_TO_OFFER = 0.03
# Minimum probability of a question that replaces the wrong answer.
MIN_TO_ANSWER = 0.08


class Disambiguate(BotAction):
    """« De quoi s'agit-il ? »"""

    def name(self) -> str:
        return "action_ask_back"

    async def answer(self, turn: Turn) -> None:
        if is_repeated_fallback(turn):
            hand_over(turn)
            return
        choices = likely_questions(turn)
        if turn.form:
            return  # the form asks again, in other words
        if choices:
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
        turn.say("utter_repair")
        turn.answer_next(other)


def runner_up(turn: Turn) -> str | None:
    """The likeliest question of this message, or of the previous one, that was not just answered."""
    messages = turn.messages()
    before = messages[-2].get("parse_data") or {} if len(messages) > 1 else {}
    ranking = [(found["name"], found["confidence"]) for found in before.get("question_ranking") or []]
    answered = {turn.slot("question"), *(before.get("further_questions") or [])}
    if before.get("further_questions"):
        answered.add(before.get("question"))
    return likeliest([*turn.question_ranking, *ranking], answered)


def likeliest(ranking: list[tuple[str, float]], answered: set[str | None]) -> str | None:
    """The first question of the ranking that is likely enough and was not answered yet."""
    worth = (question for question, probability in ranking if probability >= MIN_TO_ANSWER and question not in answered)
    return next((question for question in worth if topics.intent_of(question) in topics.TOPIC_KEYS), None)


def is_repeated_fallback(turn: Turn) -> bool:
    """Whether the previous message was not understood either."""
    return not FALLBACK_REPLIES.isdisjoint(turn.last_answer())


def hand_over(turn: Turn) -> None:
    turn.leave_form()
    turn.say("utter_not_understood_again")
    give_contacts(turn)


def likely_questions(turn: Turn) -> list[str]:
    """The support questions to offer, the likeliest first."""
    likely = (question for question, probability in turn.question_ranking if probability >= MIN_TO_OFFER)
    return [question for question in likely if topics.intent_of(question) in topics.TOPIC_KEYS][:MAX_CHOICES]
