"""Several questions in one message, or a question beside small talk: which, and in which order they are answered."""

import re
from collections.abc import Callable

from bot.nlu.model import Ranking, Reading, topic_of
from bot.nlu.negation import without_denied

Read = Callable[[list[str]], list[Reading]]

# A part shorter than this says too little of itself (« merci », « svp »).
SHORTEST_PART = 12
MOST_PARTS = 8
MOST_QUESTIONS = 3
# Both the part's own reading and the whole message's must support a question, or the part's alone be certain; measured
# in docs/nlu.md.
SURE_OF_PART = 0.7
SEEN_IN_WHOLE = 0.01
SURE_OF_QUESTION = 0.25
CERTAIN_OF_PART = 0.85
UNSURE_OF_WHOLE = 0.5
SURE_OF_WHOLE = 0.9
# A question beside a thank or a greeting must be clearer than one that stands alone.
SURE_BESIDE = 0.75
# Topics so close that a part may be of either without being less clear.
NEAR = {
    "ask_withdrawal": "ask_return_conditions",
    "ask_return_conditions": "ask_withdrawal",
    "where_is_parcel": "track_delivery",
    "track_delivery": "where_is_parcel",
}
# Said in anger around the question that the customer wants answered.
COMPLAINTS = frozenset({"contact_support/no_answer", "contact_seller/no_answer"})
# What may stand around a question without being what the customer wants.
AROUND = frozenset({"greet", "goodbye", "thank", "affirm", "deny", "repair", "out_of_scope/insult"})

# Fine cuts: a second question often stands behind a comma or « et ». What is no question is not sure enough to count.
_BOUNDARY = re.compile(
    r"(?<=[?!.;:])\s+|\n+|,\s+|\s*\b\d\)\s*|\s+(?:et|mais|sinon|pi|puis|au fait|d['’]ailleurs|en plus|par contre)\s+",
    re.IGNORECASE,
)


def parts(text: str) -> list[str]:
    """The sentences and clauses that may each hold a question."""
    found = [part.strip() for part in _BOUNDARY.split(without_denied(text)) if part]
    return [part for part in found if len(part) >= SHORTEST_PART][:MOST_PARTS]


def questions(text: str, whole: Reading, read: Read, topics: set[str]) -> Ranking:
    """The questions in `text`, in order, each as sure as its own part; nothing when there are not two.

    A complaint that nobody answers goes last: what the customer wants to know is the other question.
    """
    pieces = parts(text)
    # Reading the parts costs as much as reading the message again: most messages have only one.
    if len(pieces) < 2:
        return []
    asked: dict[str, float] = {}
    for reading in read(pieces):
        question, probability = reading.question
        if topic_of(question) not in map(topic_of, asked):
            probability = _clearness(reading)  # else a second question of one topic: it must be clear itself
        if topic_of(question) in topics and _is_sure(reading, probability, dict(whole.topics)):
            asked.setdefault(question, probability)
    if len(asked) == 1 and whole.question[1] < UNSURE_OF_WHOLE:
        # One part is clear, and the rest is what the message as a whole was taken for.
        others = topics - set(map(topic_of, asked))
        return [*asked.items(), whole.question] if topic_of(whole.question[0]) in others else list(asked.items())
    if len(asked) < 2 or _says_it_all(whole, asked):
        return []
    return sorted(asked.items(), key=lambda found: found[0] in COMPLAINTS)[:MOST_QUESTIONS]


def _says_it_all(whole: Reading, asked: dict[str, float]) -> bool:
    """Is the whole message one question, of which the parts say only what is near it?"""
    question, share = whole.question
    near = {topic_of(question), NEAR.get(topic_of(question))}
    return question not in asked and share >= SURE_OF_WHOLE and near.issuperset(map(topic_of, asked))


def _is_sure(reading: Reading, probability: float, of_whole: dict[str, float]) -> bool:
    question, share = reading.question
    supported = of_whole.get(topic_of(question), 0.0) >= SEEN_IN_WHOLE
    return share >= SURE_OF_QUESTION and probability >= (SURE_OF_PART if supported else CERTAIN_OF_PART)


def _clearness(reading: Reading) -> float:
    topic, probability = reading.topics[0]
    return probability + dict(reading.topics).get(NEAR.get(topic, ""), 0.0)


def beside_small_talk(text: str, whole: Reading, read: Read) -> tuple[str, float] | None:
    """The question in « merci beaucoup ! par contre le suivi ne marche pas »; None where there is only small talk."""
    if not _is_around(whole.question[0]):
        return None
    pieces = parts(text)
    if len(pieces) < 2:
        return None
    found = [reading.question for reading in read(pieces)]
    asked = [question for question in found if question[1] >= SURE_BESIDE and not _is_around(question[0])]
    return max(asked, key=lambda question: question[1], default=None)


def _is_around(question: str) -> bool:
    return question in AROUND or topic_of(question) in AROUND
