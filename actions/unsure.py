"""« Je ne sais pas » instead of the answer to a question that was hardly recognised.

After an answer, a long message with an unlikely reading most often asks what no fact answers: of 16 such turns that
live judges met, one got a good answer from the likeliest question. Then the bot says that it does not know, names who
does, and offers the likely questions as buttons. A short one (« à partir de quand ? ») is mostly guessed right.
"""

from actions import tone, topics
from actions.turn import MIN_FOR_BUTTON, Turn
from actions.word_rules import TRADEIN

# The question's answer is not given below this probability of it and below this one of its topic, in a message of so
# many words. Corrections have a threshold of their own (actions/base.py).
UNSURE, UNSURE_OF_TOPIC, LONG = 0.3, 0.4, 8
MOST_BUTTONS = 2
# The last topic → who knows more.
_BUYBACK, _PRIVACY, _TEAM = "buyback", "privacy", "team"
_WHO_KNOWS = {
    "tradein_data_privacy": _BUYBACK,
    "tradein_device_not_listed": _BUYBACK,
    "cancel_tradein": _BUYBACK,
    "exercise_data_rights": _PRIVACY,
    "unlock_account_device": _TEAM,
    "reset_password": _TEAM,
    "update_personal_info": _TEAM,
    "create_account": _TEAM,
    "contact_support": _TEAM,
    "out_of_scope": _TEAM,
}


def is_unsure(turn: Turn, question: str) -> bool:
    """Whether the message, after an answer, hardly asks this question as it was classified.

    A number, a date, a form's question or a rule of the conversation says enough by itself.
    """
    if turn.form or not turn.refers_to or not turn.question_ranking or turn.gives_value():
        return False
    by_words = question != turn.question or tone.corrects(turn.message) or turn.entity("device_family")
    if by_words or len(turn.message.split()) < LONG:
        return False
    return _is_hardly_read(turn, question)


def hardly_asks_beside_value(turn: Turn, question: str) -> bool:
    """« C'est pour l'annulation, vous voulez mon mail ? a@example.com »: the value says more than the reading."""
    given = any(map(turn.entity, ("order_number", "tradein_number", "email")))
    return given and question == turn.question and _is_hardly_read(turn, question)


def _is_hardly_read(turn: Turn, question: str) -> bool:
    return turn.probability_of(question) < UNSURE and turn.confidence < UNSURE_OF_TOPIC


def say_unknown(turn: Turn) -> None:
    """Say that the bot does not know, and who does (CON-1, CON-2, CON-4, SEL-1)."""
    likely = (question for question, probability in turn.question_ranking if probability >= MIN_FOR_BUTTON)
    support = [question for question in likely if topics.intent_of(question) in topics.TOPIC_KEYS]
    if tone.corrects(turn.message):
        turn.lead_with("utter_lead/misread")
    turn.say(f"utter_unknown/{_who_knows(turn)}", others=[topics.button(one) for one in support[:MOST_BUTTONS]])


def _who_knows(turn: Turn) -> str:
    before = turn.refers_to or ""
    return _BUYBACK if before == TRADEIN else _WHO_KNOWS.get(topics.intent_of(before), "seller")
