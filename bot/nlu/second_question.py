"""Two questions in one message: which, and in which order they were asked."""

import re
from collections.abc import Callable

from bot.nlu.model import Ranking

# A part shorter than this says too little of itself (« merci », « svp »).
SHORTEST_PART = 12
MOST_PARTS = 6
# Both the part's own reading and the whole message's must support a question; chosen on the calibration lines.
SURE_OF_PART = 0.75
SEEN_IN_WHOLE = 0.12

_LINKS = (
    "et aussi|et sinon|et puis|et au passage|et comment|et où|et est-ce que|par ailleurs|autre chose|autre question"
)
_BOUNDARY = re.compile(rf"(?<=[?!.;])\s+|\n+|,?\s+(?:{_LINKS})\b", re.IGNORECASE)


def parts(text: str) -> list[str]:
    """The sentences and clauses that may each hold a question."""
    found = [part.strip() for part in _BOUNDARY.split(text) if part]
    return [part for part in found if len(part) >= SHORTEST_PART][:MOST_PARTS]


def questions(text: str, whole: Ranking, rank: Callable[[list[str]], list[Ranking]], topics: set[str]) -> list[str]:
    """The support intents asked in `text`, in their order, when there are two or more; else nothing."""
    pieces = parts(text)
    if len(pieces) < 2:
        return []
    seen = {intent for intent, probability in whole if probability >= SEEN_IN_WHOLE}
    asked = [ranking[0][0] for ranking in rank(pieces) if ranking[0][1] >= SURE_OF_PART]
    distinct = [intent for intent in dict.fromkeys(asked) if intent in topics & seen]
    return distinct if len(distinct) > 1 else []
