"""Several questions in one message, or a question beside small talk: which, and in which order they are answered."""

import re
from collections.abc import Callable

from bot.nlu.model import Ranking, Reading, topic_of

Read = Callable[[list[str]], list[Reading]]

# A part shorter than this says too little of itself (« merci », « svp »).
SHORTEST_PART = 12
MOST_PARTS = 6
MOST_QUESTIONS = 3
# Both the part's own reading and the whole message's must support a question, or the part's alone be certain; measured
# in docs/nlu.md.
SURE_OF_PART = 0.7
SEEN_IN_WHOLE = 0.01
CERTAIN_OF_PART = 0.85
UNSURE_OF_WHOLE = 0.5
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

_LINKS = (
    "et aussi|et sinon|et puis|et au passage|d'une part|d'autre part|par ailleurs|autre chose|autre question|par contre"
)
# « et » before a question: the word that asks belongs to its own part.
_ASKING = r"(?:comment|où|combien|quand|qui|quel|sous|est-ce que|j['’]?ai)\b"
_BOUNDARY = re.compile(rf"(?<=[?!.;:])\s+|\n+|\s*\b\d\)\s*|,?\s+(?:{_LINKS})\b|,?\s+et\s+(?={_ASKING})", re.IGNORECASE)
_CLAUSE = re.compile(r"[?!.;:,]+\s+|\n+|\s+(?:mais|par contre|sinon|et)\s+", re.IGNORECASE)


def parts(text: str) -> list[str]:
    """The sentences and clauses that may each hold a question."""
    return _split(_BOUNDARY, text)


def questions(text: str, whole: Reading, read: Read, topics: set[str]) -> Ranking:
    """The questions in `text`, in order, each as sure as its own part; nothing when there are not two.

    A complaint that nobody answers goes last: what the customer wants to know is the other question.
    """
    pieces = parts(text)
    # Reading the parts costs as much as reading the message again: most messages have only one.
    if len(pieces) < 2:
        return []
    seen = {topic for topic, probability in whole.topics if probability >= SEEN_IN_WHOLE}
    asked: dict[str, float] = {}
    for reading in read(pieces):
        topic, (question, share) = reading.topics[0][0], reading.question
        # A second question of one topic must itself be clear, not only its topic.
        again = topic in map(topic_of, asked)
        probability = share if again else _clearness(reading)
        sure = probability >= CERTAIN_OF_PART or (probability >= SURE_OF_PART and topic in seen)
        if sure and topic in topics:
            asked.setdefault(question, probability)
    if len(asked) == 1 and whole.topics[0][1] < UNSURE_OF_WHOLE:
        # One part is clear, and the rest is what the message as a whole was taken for.
        taken = whole.question
        return [*asked.items(), taken] if topic_of(taken[0]) in topics - {topic_of(one) for one in asked} else []
    return sorted(asked.items(), key=lambda found: found[0] in COMPLAINTS)[:MOST_QUESTIONS] if len(asked) > 1 else []


def _clearness(reading: Reading) -> float:
    topic, probability = reading.topics[0]
    return probability + dict(reading.topics).get(NEAR.get(topic, ""), 0.0)


def beside_small_talk(text: str, whole: Reading, read: Read) -> tuple[str, float] | None:
    """The question in « merci beaucoup ! par contre le suivi ne marche pas »; None where there is only small talk."""
    if not _is_around(whole.question[0]):
        return None
    pieces = _split(_CLAUSE, text)
    if len(pieces) < 2:
        return None
    found = [reading.question for reading in read(pieces)]
    asked = [question for question in found if question[1] >= SURE_BESIDE and not _is_around(question[0])]
    return max(asked, key=lambda question: question[1], default=None)


def _is_around(question: str) -> bool:
    return question in AROUND or topic_of(question) in AROUND


def _split(boundary: re.Pattern[str], text: str) -> list[str]:
    found = [part.strip() for part in boundary.split(text) if part]
    return [part for part in found if len(part) >= SHORTEST_PART][:MOST_PARTS]
