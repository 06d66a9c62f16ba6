"""The base classes of all actions: they apologise after a failure, and chain the questions of one message."""

import logging
from abc import ABC, abstractmethod
from typing import Any

from prometheus_client import Counter, Histogram
from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import tone, topics, wordings
from actions.contacts import give_contacts, refuses_email, stop_request
from actions.corrections import offer_instead
from actions.danger import needs_the_3114
from actions.reinterpretation import asks_which_is_wrong, is_still_about_another_person, reinterpret
from actions.secrets import warn
from actions.turn import Turn
from actions.unsure import is_unsure, is_unsure_with_value, say_unknown
from actions.validation import is_about_something_else
from chat.handover import HandOverUnavailable
from shop.access import ShopUnavailable

SECONDS = Histogram("action_seconds", "Duration of one action, with its queries to the shop", ["action"])
FAULTS = Counter("action_faults", "Failed actions (the customer got an apology)", ["action"])

# After a rejected answer: minimum probability of the new question, excluding the rejected one.
MIN_AFTER_REJECTION = 0.5
# Maximum number of times that one answer is given in a row, each time with other words.
MAX_TIMES = 2

logger = logging.getLogger("actions")


class BotAction(Action, ABC):
    """An action that answers in one turn. When the shop or its own code fails, it apologises and gives the contacts."""

    @abstractmethod
    async def answer(self, turn: Turn) -> None:
        """Send the replies and set the slots of this turn."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = Turn(dispatcher, tracker)
        warn(dispatcher, tracker)
        try:
            with SECONDS.labels(self.name()).time():
                if refuses_email(turn):
                    stop_request(turn)
                else:
                    await self.answer(turn)
        except (ShopUnavailable, HandOverUnavailable) as fault:
            logger.error("%s: %s", self.name(), type(fault).__name__)
            FAULTS.labels(self.name()).inc()
            turn.say("utter_shop_unavailable")
            give_contacts(turn)
        except Exception as fault:
            # Log only the type and the line, because an exception's message may contain a customer's text.
            logger.error("%s: %s at line %s", self.name(), type(fault).__name__, _line(fault))
            FAULTS.labels(self.name()).inc()
            turn.say("utter_fault")  # includes the contacts
        return turn.events()


class TopicAction(BotAction):
    """Answers one question of a topic, then continues with the next question of the same message."""

    key: str

    def name(self) -> str:
        return f"action_{self.key}"

    @abstractmethod
    async def answer_topic(self, turn: Turn, question: str) -> None:
        """Answer the question."""

    async def answer(self, turn: Turn) -> None:
        if needs_the_3114(turn):
            turn.say("utter_danger")
            return
        if turn.form == "handover_form" and topics.only_describes(turn.intent, turn.message):
            turn.say("utter_request_noted")  # the request for the team will quote this message
            return
        if asks_which_is_wrong(turn):
            turn.say("utter_help/no_match/which")  # do not say which one: that would reveal whether the order exists
            return
        if is_still_about_another_person(turn):
            turn.then("action_third_party")
            return
        pending = turn.pending_questions()
        question, *further = pending or reinterpret(turn)
        if not pending and is_unsure_with_value(turn, question):
            turn.then("action_inform")
            return
        if not pending and is_unsure(turn, question):
            say_unknown(turn)
            return
        corrects = not pending and tone.corrects(turn.message)
        if corrects:
            further = []  # after a wrong answer, give only one answer
        asks_again = corrects and not turn.gives_value()
        if asks_again and not _is_likely_after_rejection(turn, question):
            offer_instead(turn)  # offer a choice: a second wrong answer would be worse
            return
        if (asks_again and turn.has_said(question, MAX_TIMES)) or (not pending and tone.complains_of_loop(turn)):
            turn.say("utter_said_enough")  # offer a person instead of the same answer again
            return
        if topics.action_of(question) != self.name():
            turn.answer_next(question, further)
            return
        key, about = topics.TOPIC_KEYS[topics.intent_of(question)], turn.slot("answered_for") or question
        turn.set(topic=topics.TOPIC_KEYS.get(topics.intent_of(about), key), question=about, answered_for=None)
        tone.apologise(turn, question)
        if turn.is_further:
            turn.lead_with("utter_lead/further")
        await self.answer_topic(turn, question)
        if _is_wrong_form(turn):
            turn.leave_form()
        chain_to(turn, further)


def _is_wrong_form(turn: Turn) -> bool:
    """Whether the message denies the form's subject: « c'est pas un colis », « pas la reprise, l'achat »."""
    is_wrong = {"damage_form": is_about_something_else, "tradein_form": tone.denies_tradein}.get(turn.form or "")
    return is_wrong is not None and is_wrong(turn.message)


def _is_likely_after_rejection(turn: Turn, question: str) -> bool:
    """Whether the question is likely enough, excluding the previously answered one."""
    before = turn.previous_question
    other_share = turn.probability_of(before) if before not in (None, question) else 0.0
    return turn.probability_of(question) >= MIN_AFTER_REJECTION * (1 - other_share)


def say_question(turn: Turn, question: str, **values: Any) -> None:
    """Send the question's reply. If the classifier was unsure, offer the other likely questions as buttons."""
    reply = wordings.reply_to(question, turn.message)
    turn.say(reply, others=[topics.button(other) for other in turn.alternatives(question)], **values)


def chain_to(turn: Turn, further: list[str]) -> None:
    """Answer the next question of the message; in a form, offer it as a button.

    If another action or a form runs next, keep the questions: `offer_later` offers them as buttons after its answer.
    """
    # A follow-up has no title, so it cannot be a button.
    later = [question for question in further if topics.can_be_offered(question)]
    if turn.has_next:
        about = topics.intent_of(turn.slot("question") or "")
        turn.set(further_questions=[question for question in later if topics.intent_of(question) != about])
    elif turn.form and later:
        turn.say("utter_further_question_later", buttons=[topics.button(question) for question in later])
    elif further and not turn.form:
        turn.answer_next(further[0], further[1:])


def offer_later(turn: Turn) -> None:
    """Offer the message's further questions as buttons, after the look-up, form or steps that came first."""
    further = turn.slot("further_questions")
    if further and not turn.has_next:
        turn.say("utter_further_question_later", buttons=[topics.button(question) for question in further])


def _line(fault: Exception) -> int | None:
    trace = fault.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return trace.tb_lineno if trace else None
