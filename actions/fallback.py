"""When the bot does not understand, it offers the likeliest questions; the second time in a row, a person."""

from actions import responses, tone, topics
from actions.base import BotAction
from actions.contacts import give_contacts
from actions.device_accounts import answer_from_elsewhere
from actions.support import stays_in_danger
from actions.turn import Turn

# Replies sent when the bot did not understand the message, or the customer did not understand the answer.
FALLBACK_REPLIES = frozenset(
    {"utter_ask_back", "utter_ask_rephrase", "utter_clarify", "utter_repair_what",
     "utter_not_that", "utter_not_that_what"}
)  # fmt: skip
MAX_CHOICES = 3
# Minimum probability of a question that is offered as a button.
MIN_TO_OFFER = 0.03
# Minimum probability of a question that replaces the wrong answer.
MIN_TO_ANSWER = 0.08
# Minimum share of a corrected question among all support questions of the message.
MIN_SHARE = 0.4


class Disambiguate(BotAction):
    """« De quoi s'agit-il ? »"""

    def name(self) -> str:
        return "action_ask_back"  # a stored name: of conversations, and of versions of the model

    async def answer(self, turn: Turn) -> None:
        if stays_in_danger(turn):
            turn.say("utter_danger")  # « vous pouvez m'aider ? » needs no menu
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


def answer_correction(turn: Turn) -> None:
    """« Non, le nom, pas l'adresse »: answers what the rest of the message asks; if that is not clear, offers two."""
    turn.lead_with(None)  # the replies here apologise themselves
    before = turn.slot("question") or ""
    # A correction during the form about a damaged parcel is about another topic.
    not_meant = {topics.intent_of(before), before} if turn.form == "damage_form" else {before}
    turn.leave_form()
    about = [
        (question, probability)
        for question, probability in turn.question_ranking
        if topics.intent_of(question) in topics.TOPIC_KEYS
        and not_meant.isdisjoint({question, topics.intent_of(question)})
    ]
    total = sum(probability for _, probability in about)
    clear = [(question, share) for question, share in about if share >= MIN_SHARE * total]
    if meant := likeliest(clear, set()):
        turn.answer_next(meant)
    elif is_repeated_fallback(turn):
        hand_over(turn)
    elif not about:
        turn.say("utter_repair_what")
    elif turn.slot("question") in responses.titles():
        offered = [topics.button(question) for question, _ in about[:2]]
        turn.say("utter_not_that", title=topics.title(turn.slot("question")), buttons=offered)
    else:
        turn.say("utter_not_that_what", buttons=[topics.button(question) for question, _ in about[:2]])


def is_repeated_fallback(turn: Turn) -> bool:
    """Whether the previous message was not understood either."""
    return not FALLBACK_REPLIES.isdisjoint(turn.last_answer())


def hand_over(turn: Turn) -> None:
    turn.leave_form()
    turn.say("utter_not_understood_again")
    give_contacts(turn)


def likely_questions(turn: Turn) -> list[str]:
    """The support questions to offer, the likeliest first."""
    ranked = (question for question, probability in turn.question_ranking if probability >= MIN_TO_OFFER)
    likely = (question for question in ranked if question != turn.slot("question") or not tone.corrects(turn.message))
    return [question for question in likely if topics.intent_of(question) in topics.TOPIC_KEYS][:MAX_CHOICES]
