"""Two questions in one message: which, and in which order they were asked."""

import re
from collections.abc import Callable

from bot.nlu.model import Ranking

# A part shorter than this says too little of itself (« merci », « svp »).
SHORTEST_PART = 12
MOST_PARTS = 6
# Both the part's own reading and the whole message's must support a question; measured in docs/nlu.md.
SURE_OF_PART = 0.75
SEEN_IN_WHOLE = 0.03

_LINKS = (
    "et aussi|et sinon|et puis|et au passage|et comment|et où|et est-ce que|par ailleurs|autre chose|autre question"
)
_BOUNDARY = re.compile(rf"(?<=[?!.;])\s+|\n+|,?\s+(?:{_LINKS})\b", re.IGNORECASE)


def parts(text: str) -> list[str]:
    """The sentences and clauses that may each hold a question."""
    found = [part.strip() for part in _BOUNDARY.split(text) if part]
    return [part for part in found if len(part) >= SHORTEST_PART][:MOST_PARTS]


def questions(text: str, whole: Ranking, rank: Callable[[list[str]], list[Ranking]], topics: set[str]) -> Ranking:
    """The support intents asked in `text`, in order, each as sure as its own part; nothing when there are not two."""
    pieces = parts(text)
    possible = topics & {intent for intent, probability in whole if probability >= SEEN_IN_WHOLE}
    # Reading the parts costs as much as reading the message: most messages have no second question.
    if len(pieces) < 2 or len(possible) < 2:
        return []
    asked: dict[str, float] = {}
    for ranking in rank(pieces):
        intent, probability = ranking[0]
        if probability >= SURE_OF_PART and intent in possible:
            asked.setdefault(intent, probability)
    return list(asked.items()) if len(asked) > 1 else []
