"""Notices with an end date that precede certain answers. They are read at each answer, so no restart is needed.

`chat` adds them when it stores the answer. So the bot needs no query for them, and its tracker contains only its own
replies.
"""

import logging
from typing import Any

from django.db import DatabaseError
from django.db.models import QuerySet

from chat.models import AnswerNotice, Message, Sender
from chat.rows import Answer, plain
from shop import clock

# Actions that ask the customer which question was meant: there is no answer yet that a notice could precede.
ASKING_BACK = {"action_ask_back", "action_clarify", "action_repair"}
logger = logging.getLogger(__name__)


def current() -> QuerySet[AnswerNotice]:
    """The notices in effect now."""
    return AnswerNotice.objects.filter(ended_at=None, ends_at__gt=clock.now())


def with_notices(message: Message, given: Answer) -> Answer:
    """The answer, preceded by the notices for its questions that this conversation has not had yet.

    Called before the transaction that stores the answer, so that a database error here cannot lose the answer.
    """
    questions = _answered(given["explanation"] or {})
    if not questions or not given["replies"]:
        return given
    try:
        texts = dict.fromkeys(current().filter(question__in=questions).order_by("pk").values_list("text", flat=True))
        said = Message.objects.filter(conversation=message.conversation_id, sender=Sender.BOT, text__in=texts)
        known = set(said.values_list("text", flat=True)) if texts else set()
    except DatabaseError as fault:
        logger.warning("the notices of an answer could not be read, and are left out: %s", type(fault).__name__)
        return given
    return {**given, "replies": [*(plain(text) for text in texts if text not in known), *given["replies"]]}


def _answered(explanation: dict[str, Any]) -> set[str]:
    """The questions that the replies answer, and their topics; empty if the bot asks back."""
    if ASKING_BACK & {action["name"] for action in explanation.get("actions", [])}:
        return set()
    found = {str(one["value"]) for one in explanation.get("entities", []) if one["entity"] == "question"}
    found |= {reply["name"].removeprefix("utter_") for reply in explanation.get("replies", [])}
    return found | {question.partition("/")[0] for question in found if "/" in question}
