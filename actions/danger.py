"""After a mention of dying, the 3114 is the answer until the customer clearly speaks of something else (SAFE-1)."""

import re

from actions import tone
from actions.turn import SURE, Turn

DANGER = "distress/danger"
# Below this probability, a correction denies the danger.
DANGER_DENIED = 0.05
_ABOUT_LIFE_OR_DEATH = re.compile(r"\b(?:moi|vi[es]|vivre|mour\w*|mort\w*|suicid\w*|tuer|finir)\b", re.IGNORECASE)
# Below this probability, a question after a mention of dying does not change the subject.
CHANGES_SUBJECT = 0.7


def stays_in_danger(turn: Turn) -> bool:
    """Whether the conversation is about a danger to life, unless the message denies it: « je parle d'un collier ! »."""
    may_be_meant = turn.probability_of(DANGER) >= DANGER_DENIED or _ABOUT_LIFE_OR_DEATH.search(turn.message)
    denied = tone.corrects(turn.message) and not may_be_meant and turn.probability_of(turn.question) >= SURE
    return turn.refers_to == DANGER and not denied


def needs_the_3114(turn: Turn) -> bool:
    """« Ils vont me prendre pour un fou »: whether the message, classified as a question, is still about the danger."""
    return stays_in_danger(turn) and turn.probability_of(turn.question) < CHANGES_SUBJECT
