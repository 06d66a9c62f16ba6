"""Answers a correction: with what the customer meant instead, or with a choice; the second time, with a person."""

from actions import responses, topics
from actions.contacts import give_contacts
from actions.turn import Turn

# Replies sent when the bot did not understand the message, or the customer did not understand the answer.
FALLBACK_REPLIES = frozenset(
    {"utter_ask_back", "utter_ask_rephrase", "utter_clarify", "utter_repair_what",
     "utter_not_that", "utter_not_that_what"}
)  # fmt: skip
# Minimum probability of a question that replaces the wrong answer.
MIN_TO_ANSWER = 0.08
# Minimum share of a question in the sum of the probabilities of all support questions of the message.
MIN_SHARE = 0.4


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
    return next((question for question in worth if topics.is_support(question)), None)


def answer_correction(turn: Turn) -> None:
    """« Non, le nom, pas l'adresse »: answers what the rest of the message asks; if that is not clear, offers two."""
    candidates = _meant(turn)
    total = sum(probability for _, probability in candidates)
    clear = [(question, share) for question, share in candidates if share >= MIN_SHARE * total]
    if meant := likeliest(clear, set()):
        turn.lead_with(None)  # the replies here apologise themselves
        turn.leave_form()
        turn.answer_next(meant)
    else:
        offer_instead(turn)


def offer_instead(turn: Turn) -> None:
    """Offer the two likeliest other questions; after another misunderstanding, a person."""
    candidates = _meant(turn)
    offered = [topics.button(question) for question, _ in candidates if topics.can_be_offered(question)][:2]
    turn.lead_with(None)
    turn.leave_form()
    if is_repeated_fallback(turn):
        hand_over(turn)
    elif not offered:
        turn.say("utter_repair_what")
    elif turn.slot("question") in responses.titles():
        turn.say("utter_not_that", title=topics.title(turn.slot("question")), buttons=offered)
    else:
        turn.say("utter_not_that_what", buttons=offered)


def _meant(turn: Turn) -> list[tuple[str, float]]:
    """The support questions of the message, without the one that was just answered, and their probabilities."""
    before = turn.slot("question") or ""
    # A correction during damage_form is about another topic than the damaged parcel.
    not_meant = {topics.intent_of(before), before} if turn.form == "damage_form" else {before}
    return [
        (question, probability)
        for question, probability in turn.question_ranking
        if topics.is_support(question) and not_meant.isdisjoint({question, topics.intent_of(question)})
    ]


def is_repeated_fallback(turn: Turn) -> bool:
    """Whether the previous message was not understood either."""
    return not FALLBACK_REPLIES.isdisjoint(turn.last_answer())


def hand_over(turn: Turn) -> None:
    turn.leave_form()
    turn.say("utter_not_understood_again")
    give_contacts(turn)
