"""Contact with the support team (CON-1 to CON-5), and a request that the team answers by e-mail."""

from collections.abc import Iterable
from textwrap import shorten
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BotAction, TopicAction
from actions.contacts import connect, give_contacts
from actions.secrets import FormValidation
from actions.topics import describes_problem
from actions.turn import Turn
from actions.validation import valid_email
from chat.handover import HandOverReason, TooManyRequests, aleave_request
from shop.access import acheck

MIN_LETTERS = 8
MAX_QUOTED = 200
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
    """Starts a request with what is known: only what is missing is asked for.

    If the e-mail matched no order, it may be mistyped: the form asks for it again.
    """

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
        text = with_what_was_said(turn, text)
        topic = turn.slot("topic") or ""
        try:
            left = await aleave_request(turn.conversation, turn.message_id, email=email, text=text, topic=topic)
        except TooManyRequests:
            turn.say("utter_request_limit")
        else:
            card = {"kind": "request", "reference": left.reference, "email": email, "text": text}
            photos = topic == "damaged_parcel"
            turn.say("utter_request_left", address=email, reference=left.reference, card=card, photos=photos)


def with_what_was_said(turn: Turn, text: str) -> str:
    """Append the problem that the customer described and the number, so that the team need not ask again."""
    earlier = last_problem(turn.messages(), besides=text)
    number = turn.slot("order_number") or turn.slot("tradein_number")
    lines = [
        text,
        f"Plus tôt : {earlier}" if earlier else "",
        f"Numéro : {number}" if number and number not in text else "",
    ]
    return "\n\n".join(line for line in lines if line)


def last_problem(messages: Iterable[dict[str, Any]], besides: str = "") -> str | None:
    """The last problem that the customer described in words, in Rasa's events."""
    found = [event["text"] for event in messages if describes_problem(_intent(event), event.get("text"))]
    return next((said for said in reversed(found) if said != besides), None)


def _intent(event: dict[str, Any]) -> str | None:
    return ((event.get("parse_data") or {}).get("intent") or {}).get("name")


def quoted(said: str) -> str:
    """On one line, and not longer than a reply should be."""
    return shorten(said, MAX_QUOTED, placeholder="…")


def last_problem_of(tracker: Tracker) -> str | None:
    return last_problem(event for event in tracker.events if event.get("event") == "user")


class ValidateHandoverForm(FormValidation):
    def name(self) -> str:
        return "validate_handover_form"

    def validate_email(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Also called when the form begins with an e-mail: what was said before comes with the request."""
        slots = valid_email(value, dispatcher)
        if slots["email"] and (said := last_problem_of(tracker)):
            dispatcher.utter_message(response="utter_request_so_far", said=quoted(said))
        return slots

    def validate_handover_text(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Reject « ok », « ? » or a lone number, which the team could not answer; a yes sends what was said before."""
        intent = (tracker.latest_message.get("intent") or {}).get("name")
        said = last_problem_of(tracker) if intent == "affirm" else None
        enough = sum(character.isalpha() for character in str(value or "")) >= MIN_LETTERS
        if value is not None and not enough and said:
            return {"handover_text": said}
        if not enough and value is not None:
            dispatcher.utter_message(response="utter_request_unclear")
        return {"handover_text": value if enough else None}
