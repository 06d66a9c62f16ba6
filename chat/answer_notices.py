"""The dated notice before an answer. Read at each answer, so that it begins and ends without a restart.

It is put in front when the answer is stored, in its transaction: the bot needs neither the table nor a database for it,
and its memory of what it said stays its own.
"""

import logging
from typing import Any

from django.db import DatabaseError
from django.db.models import QuerySet

from chat.models import AnswerNotice, Message, Sender
from chat.rows import Answer, plain
from shop import clock

# The bot asks what was meant: there is no answer yet to put a notice before.
UNSURE = {"action_ask_back", "action_clarify", "action_repair"}
logger = logging.getLogger(__name__)


def current() -> QuerySet[AnswerNotice]:
    """The notices that are said now."""
    return AnswerNotice.objects.filter(ended_at=None, ends_at__gt=clock.now())


def with_notices(message: Message, given: Answer) -> Answer:
    """The answer, after the notices for its questions that this conversation has not read yet.

    Called before the transaction that stores the answer: a fault here must not lose it.
    """
    questions = _answered(given["explanation"] or {})
    if not questions or not given["replies"]:
        return given
    try:
        texts = dict.fromkeys(current().filter(question__in=questions).order_by("pk").values_list("text", flat=True))
        said = Message.objects.filter(conversation=message.conversation_id, sender=Sender.BOT, text__in=texts)
        known = set(said.values_list("text", flat=True)) if texts else set()
    except DatabaseError as fault:
        logger.warning("an answer goes without its notices: %s", type(fault).__name__)
        return given
    return {**given, "replies": [*(plain(text) for text in texts if text not in known), *given["replies"]]}


def _answered(explanation: dict[str, Any]) -> set[str]:
    """The questions that the replies answer, and their topics; empty if the bot asks back."""
    if UNSURE & {action["name"] for action in explanation.get("actions", [])}:
        return set()
    found = {str(one["value"]) for one in explanation.get("entities", []) if one["entity"] == "question"}
    found |= {reply["name"].removeprefix("utter_") for reply in explanation.get("replies", [])}
    return found | {question.partition("/")[0] for question in found if "/" in question}
