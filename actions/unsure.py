"""« Je ne sais pas » instead of the answer to an uncertain question.

After an answer, a long message with a low-probability classification gets this reply, a referral to the team that
knows, and the likely questions as buttons. Short messages (« à partir de quand ? ») are answered normally. docs/nlu.md
has the figures.
"""

from actions import tone, topics
from actions.turn import MIN_FOR_BUTTON, Turn
from actions.word_rules import TRADEIN

# Maximum probability of the question and of its topic, minimum number of words. Corrections have their own thresholds
# (actions/base.py).
UNSURE, UNSURE_OF_TOPIC, LONG = 0.3, 0.4, 8
MAX_BUTTONS = 2
# Names of the replies `utter_unknown/…`, which refer to the trade-in team, to privacy@ or to the support team.
_BUYBACK, _PRIVACY, _TEAM = "buyback", "privacy", "team"
# Previous topic → the reply; for all other topics, it refers to the seller.
_REFERRALS = {
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
    """Whether the classification of a message after an answer is below the thresholds.

    With a number or a date, in a form, or after a rule (actions/reinterpretation.py), the question counts as certain.
    """
    if turn.form or not turn.refers_to or not turn.question_ranking or turn.gives_value():
        return False
    by_words = question != turn.question or tone.corrects(turn.message) or turn.entity("device_family")
    if by_words or len(turn.message.split()) < LONG:
        return False
    return _is_below_thresholds(turn, question)


def is_unsure_with_value(turn: Turn, question: str) -> bool:
    """« … vous voulez mon mail ? a@example.com »: whether to use the value instead of the uncertain question."""
    given = any(map(turn.entity, ("order_number", "tradein_number", "email")))
    return given and question == turn.question and _is_below_thresholds(turn, question)


def _is_below_thresholds(turn: Turn, question: str) -> bool:
    return turn.probability_of(question) < UNSURE and turn.confidence < UNSURE_OF_TOPIC


def say_unknown(turn: Turn) -> None:
    """Say that the bot does not know, and refer to the team or seller that can answer (CON-1, CON-2, CON-4, SEL-1)."""
    likely = (question for question, probability in turn.question_ranking if probability >= MIN_FOR_BUTTON)
    support = [question for question in likely if topics.can_be_offered(question)]
    turn.say(f"utter_unknown/{_referral(turn)}", others=[topics.button(one) for one in support[:MAX_BUTTONS]])


def _referral(turn: Turn) -> str:
    before = turn.refers_to or ""
    return _BUYBACK if before == TRADEIN else _REFERRALS.get(topics.intent_of(before), "seller")
