"""A person of the support team: contacts (CON-1 to CON-5), and a request that the team answers by e-mail."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction

from actions.base import BotAction, TopicAction
from actions.contacts import give_contacts
from actions.turn import Turn
from actions.validation import valid_email
from chat.handover import aleave_request

FEWEST_LETTERS = 8


class Support(TopicAction):
    stem = "support"

    async def about(self, turn: Turn) -> None:
        turn.leave_form()
        give_contacts(turn)


class Distress(BotAction):
    """Someone at the end of their tether: a kind word, then a person."""

    def name(self) -> str:
        return "action_distress"

    async def answer(self, turn: Turn) -> None:
        turn.leave_form()
        turn.say("utter_distress")
        give_contacts(turn)


class LeaveMessage(BotAction):
    """Begins a request. An e-mail that found no order may be mistyped: it is asked for anew."""

    def name(self) -> str:
        return "action_leave_message"

    async def answer(self, turn: Turn) -> None:
        turn.leave_form()
        turn.say("utter_request_intro")
        refused = turn.slot("refused_lookup") or ""
        turn.set(handover_text=None, email=None if refused.endswith(f" {turn.slot('email')}") else turn.slot("email"))
        turn.then("handover_form")


class LeaveRequest(BotAction):
    """Stores the request, and only then says that it is stored."""

    def name(self) -> str:
        return "action_leave_request"

    async def answer(self, turn: Turn) -> None:
        email, text = turn.slot("email"), turn.slot("handover_text")
        turn.set(handover_text=None)
        await aleave_request(turn.conversation, turn.message_id, email=email, text=text, topic=turn.slot("topic") or "")
        turn.say("utter_request_left", address=email)


class ValidateHandoverForm(FormValidationAction):
    def name(self) -> str:
        return "validate_handover_form"

    def validate_email(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        return valid_email(value, dispatcher)

    def validate_handover_text(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """« ok », « ? » or a lone number says nothing that the team could answer."""
        enough = sum(character.isalpha() for character in str(value or "")) >= FEWEST_LETTERS
        if not enough and value is not None:
            dispatcher.utter_message(response="utter_request_unclear")
        return {"handover_text": value if enough else None}
