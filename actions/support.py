"""Contact with the support team (CON-1 to CON-5), and a request that the team answers by e-mail."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BotAction, TopicAction
from actions.contacts import connect, give_contacts
from actions.secrets import FormValidation
from actions.topics import TOPIC_KEYS
from actions.turn import Turn
from actions.validation import valid_email
from chat.handover import HandOverReason, TooManyRequests, aleave_request
from shop.access import acheck

MIN_LETTERS = 8
PROBLEMS = frozenset(TOPIC_KEYS) - {"contact_support"}
DANGER = "distress/danger"
# These questions end the form: a customer who asks for a person is not asked for an order number again.
ENDS_FORM = frozenset({"contact_support/contact", "contact_support/no_answer"})


class Support(TopicAction):
    key = "support"

    async def answer_topic(self, turn: Turn, question: str) -> None:
        if question in ENDS_FORM:
            turn.leave_form()
        if question == "contact_support/contact" and await connect(turn, _reason(turn)):
            return
        give_contacts(turn, question)


def _reason(turn: Turn) -> HandOverReason:
    misunderstood = "utter_not_understood_again" in turn.last_answer()
    return HandOverReason.MISUNDERSTOOD if misunderstood else HandOverReason.ASKED


class Distress(BotAction):
    """A customer in distress gets a kind word, then a person. If they speak of dying, the 3114 comes first (SAFE-1)."""

    def name(self) -> str:
        return "action_distress"

    async def answer(self, turn: Turn) -> None:
        turn.leave_form()
        if DANGER in (turn.question, turn.slot("asked_question")):
            turn.say("utter_danger")
            turn.set(question=DANGER, offer="leave_message")
            await connect(turn, HandOverReason.DANGER, "utter_queue_too")
            return
        turn.say("utter_distress")
        if not await connect(turn, HandOverReason.DISTRESS):
            give_contacts(turn)


class ThirdParty(BotAction):
    """Somebody else's order or data: why the bot cannot help, and where to ask."""

    def name(self) -> str:
        return "action_third_party"

    async def answer(self, turn: Turn) -> None:
        turn.leave_form()
        turn.say("utter_third_party")


class LeaveMessage(BotAction):
    """Starts a request. If the e-mail matched no order, it may be mistyped: the form asks for it again."""

    def name(self) -> str:
        return "action_leave_message"

    async def answer(self, turn: Turn) -> None:
        turn.leave_form()
        await acheck()  # a form whose request cannot be stored is not begun
        turn.say("utter_request_intro")
        refused = turn.slot("refused_lookup") or ""
        turn.set(handover_text=None, email=None if refused.endswith(f" {turn.slot('email')}") else turn.slot("email"))
        turn.then("handover_form")


class LeaveRequest(BotAction):
    """Stores the request and confirms it only afterwards, or says that this message was not passed on."""

    def name(self) -> str:
        return "action_leave_request"

    async def answer(self, turn: Turn) -> None:
        email, text = turn.slot("email"), turn.slot("handover_text")
        turn.set(handover_text=None)
        text = with_last_problem(turn, text)
        topic = turn.slot("topic") or ""
        try:
            await aleave_request(turn.conversation, turn.message_id, email=email, text=text, topic=topic)
        except TooManyRequests:
            turn.say("utter_request_limit")
        else:
            turn.say("utter_request_left", address=email)


def with_last_problem(turn: Turn, text: str) -> str:
    """Append the last problem that the customer described, so that the team need not ask again."""
    for event in reversed(turn.messages()):
        earlier = event.get("text") or ""
        intent = ((event.get("parse_data") or {}).get("intent") or {}).get("name")
        if intent in PROBLEMS and earlier != text and not earlier.startswith("/"):
            return f"{text}\n\nPlus tôt : {earlier}"
    return text


class ValidateHandoverForm(FormValidation):
    def name(self) -> str:
        return "validate_handover_form"

    def validate_email(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        return valid_email(value, dispatcher)

    def validate_handover_text(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Reject « ok », « ? » or a lone number: the team could not answer it."""
        enough = sum(character.isalpha() for character in str(value or "")) >= MIN_LETTERS
        if not enough and value is not None:
            dispatcher.utter_message(response="utter_request_unclear")
        return {"handover_text": value if enough else None}
