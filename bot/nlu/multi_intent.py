"""Two questions in one message: which, and in which order they were asked."""

import re
from collections.abc import Callable

from bot.nlu.model import Ranking, Reading

# A part shorter than this says too little of itself (« merci », « svp »).
SHORTEST_PART = 12
MOST_PARTS = 6
# Both the part's own reading and the whole message's must support a question; measured in docs/nlu.md.
SURE_OF_PART = 0.7
SEEN_IN_WHOLE = 0.02

_LINKS = (
    "et aussi|et sinon|et puis|et au passage|et comment|et où|et est-ce que|par ailleurs|autre chose|autre question"
)
_BOUNDARY = re.compile(rf"(?<=[?!.;])\s+|\n+|,?\s+(?:{_LINKS})\b", re.IGNORECASE)


def parts(text: str) -> list[str]:
    """The sentences and clauses that may each hold a question."""
    found = [part.strip() for part in _BOUNDARY.split(text) if part]
    return [part for part in found if len(part) >= SHORTEST_PART][:MOST_PARTS]


def questions(text: str, whole: Reading, read: Callable[[list[str]], list[Reading]], topics: set[str]) -> Ranking:
    """The questions of two topics in `text`, in order, each as sure as its own part; nothing when there are not two."""
    pieces = parts(text)
    possible = topics & {topic for topic, probability in whole.topics if probability >= SEEN_IN_WHOLE}
    # Reading the parts costs as much as reading the message: most messages have no second question.
    if len(pieces) < 2 or len(possible) < 2:
        return []
    asked: dict[str, tuple[str, float]] = {}
    for reading in read(pieces):
        topic, probability = reading.topics[0]
        if probability >= SURE_OF_PART and topic in possible:
            asked.setdefault(topic, (reading.question[0], probability))
    return list(asked.values()) if len(asked) > 1 else []
