"""Several questions in one message, or a question beside small talk: which ones, and in which order."""

import re
from collections.abc import Sequence

from bot.nlu.announced import without_secrets
from bot.nlu.model import Ranking, Reading, topic_of
from bot.nlu.negation import without_denied

# Shorter parts say too little on their own (« merci », « svp »).
MIN_PART_LENGTH = 12
MAX_PARTS = 8
MAX_QUESTIONS = 3
# A question counts if both its part and the whole message support it, or if the part alone is certain. Chosen on
# tests/nlu/questions/several.yml: lower thresholds find more questions, but also more wrong ones.
SURE_OF_PART = 0.7
SEEN_IN_WHOLE = 0.01
SURE_OF_QUESTION = 0.25
CERTAIN_OF_PART = 0.85
UNSURE_OF_WHOLE = 0.5
LIKELY_REST = 0.3
LIKELY_TOPIC = 0.5
SURE_OF_WHOLE = 0.9
# A question beside a greeting or thanks needs more confidence than one alone, unless the small talk is uncertain.
SURE_BESIDE = 0.75
LIKELY_BESIDE = 0.3
SURE_OF_SMALL_TALK = 0.6
# Related topics: their probabilities are added when the confidence of a part is judged.
RELATED = {
    "ask_withdrawal": "ask_return_conditions",
    "ask_return_conditions": "ask_withdrawal",
    "where_is_parcel": "track_delivery",
    "track_delivery": "where_is_parcel",
}
# Complaints that often accompany the question that the customer wants answered.
COMPLAINTS = frozenset({"contact_support/no_answer", "contact_seller/no_answer"})
# Intents that may accompany a question without being what the customer wants.
SMALL_TALK = frozenset({"greet", "goodbye", "thank", "affirm", "deny", "stop", "repair", "out_of_scope/insult"})

# Split finely: a second question often follows a comma or « et ». Parts without a question fail the thresholds.
_BOUNDARY = re.compile(
    r"(?<=[?!.;:]) |\n|, |\b\d\) ?| (?:et|mais|sinon|pi|puis|au fait|d['’]ailleurs|en plus|par contre) ", re.IGNORECASE
)
# What is no question in a part: « c'est encore moi », « je suis remonté ».
STATEMENTS = frozenset({"inform", "have_access", "no_access", "clarify", "distress/tired"})

# « slt kan jrecoi mes sou », « ok donc je préviens qui »: an opening without punctuation after it.
_OPENING = re.compile(
    r"^\W*(?:(?:slt|salut|bjr|bonjour|bsr|bonsoir|cc|coucou|hello|wesh|yo|ok|okay|d['’]accord|daccord|dac|merci|parfait"
    r"|super|nickel|très bien|tres bien|ça marche|ca marche|bon|bah|ben|donc|alors|du coup) )+(?:et )?",
    re.IGNORECASE,
)
# Collapse blanks first, so that the split never rescans a run of them.
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"(?<!\s)\s*\n\s*")


def parts(text: str) -> list[str]:
    """The clauses that may each contain a question, without the message's opening; empty if there is only one."""
    even = _LINES.sub("\n", _BLANKS.sub(" ", without_secrets(without_denied(text)))).strip()
    found = [part.strip() for part in _BOUNDARY.split(_OPENING.sub("", even))]
    return [part for part in found if MIN_PART_LENGTH <= len(part) < len(even)][:MAX_PARTS]


def questions(whole: Reading, readings: Sequence[Reading], topics: set[str]) -> Ranking:
    """The questions of a message with their parts' confidence; empty if the whole message is one question.

    `whole`: the reading of the whole message; `readings`: of its parts. The question that the whole message supports
    most comes first, so that an introductory story does not; complaints come last.
    """
    asked: dict[str, float] = {}
    for reading in readings:
        question, probability = reading.question
        if topic_of(question) not in map(topic_of, asked):
            probability = _topic_confidence(reading)  # a second question of the same topic needs its own confidence
        if topic_of(question) in topics and _is_sure(reading, probability, dict(whole.topics)):
            asked.setdefault(question, probability)
    question, confidence = whole.question
    if len(asked) == 1 and confidence < UNSURE_OF_WHOLE:
        # One part is clear; the whole message's own question is the other one.
        if confidence >= LIKELY_REST and topic_of(question) in topics - set(map(topic_of, asked)):
            asked[question] = confidence
    elif len(asked) < 2 or _is_one_question(whole, asked):
        return []
    whole_probabilities = dict(whole.questions)
    first = sorted(asked, key=lambda question: (question in COMPLAINTS, -whole_probabilities.get(question, 0.0)))
    return [(question, asked[question]) for question in first][:MAX_QUESTIONS]


def _is_one_question(whole: Reading, asked: dict[str, float]) -> bool:
    """Whether the whole message is one question, and the parts only related ones."""
    question, confidence = whole.question
    near = {topic_of(question), RELATED.get(topic_of(question))}
    return question not in asked and confidence >= SURE_OF_WHOLE and near.issuperset(map(topic_of, asked))


def _is_sure(reading: Reading, probability: float, whole_probabilities: dict[str, float]) -> bool:
    question, confidence = reading.question
    supported = whole_probabilities.get(topic_of(question), 0.0) >= SEEN_IN_WHOLE
    return confidence >= SURE_OF_QUESTION and probability >= (SURE_OF_PART if supported else CERTAIN_OF_PART)


def _topic_confidence(reading: Reading) -> float:
    """The probability that the part is about its topic or a related one, however certain it is that it also informs."""
    topic, probability = reading.topics[0]
    others = dict(reading.topics)
    about = probability + others.get(RELATED.get(topic, ""), 0.0)
    return about / max(1 - others.get("inform", 0.0), about) if probability >= LIKELY_TOPIC else about


def beside_small_talk(whole: Reading, readings: Sequence[Reading]) -> tuple[str, float] | None:
    """The question in « merci beaucoup ! par contre le suivi ne marche pas »; None if there is only small talk."""
    if not _is_small_talk(whole.question[0]):
        return None
    needed = SURE_BESIDE if whole.question[1] >= SURE_OF_SMALL_TALK else LIKELY_BESIDE
    found = [(reading.question[0], _topic_confidence(reading)) for reading in readings]
    # « j'ai tout ce qu'il me faut, ciao »: whoever leaves says nothing about the last answer.
    leaves = whole.question[0] == "goodbye"
    asked = [
        (question, probability)
        for question, probability in found
        if probability >= needed
        and not (_is_small_talk(question) or question in STATEMENTS or (leaves and topic_of(question) == "follow_up"))
    ]
    return max(asked, key=lambda question: question[1], default=None)


def _is_small_talk(question: str) -> bool:
    return question in SMALL_TALK or topic_of(question) in SMALL_TALK
