"""Contact with the support team (CON-1 to CON-5), and a request that the team answers by e-mail."""

import re
from collections.abc import Iterable
from textwrap import shorten
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecutionRejected, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BotAction, TopicAction
from actions.contacts import connect, give_contacts
from actions.danger import DANGER
from actions.secrets import FormValidation
from actions.topics import PROBLEMS, describes_problem, intent_of
from actions.turn import Turn
from actions.validation import valid_email
from chat.handover import HandOverReason, TooManyRequests, aleave_request
from shop.access import acheck

MIN_LETTERS = 8
# Minimum number of words besides the e-mail that count as the request: « Nathalie Perrin, n.perrin@example.com, mon
# colis est perdu ».
MIN_WORDS_OF_REQUEST = 3
_INTRODUCES = re.compile(
    r"\b(?:underscore|arobase)\b|^(?:ah |mais )?(?:non |nan )?pas (?:tiret|point)\b"
    r"|^(?:(?:et|mon|ma|l['’]|bonjour|je m['’]appelle|je suis|c['’]est|voici|voil[àa])\b.*)?"
    r"\b(?:e-?mail|mail|adresse|courriel|bo[iî]te|messagerie|nom|pr[ée]nom|m['’]appelle)\b"
    r"|^(?:bonjour|merci)\b|\blaiss\w+|\b(?:demande|message)\b",
    re.IGNORECASE,
)
_ANOTHER = re.compile(
    r"\b(?:autre|nouvelle?|deuxi[èe]me|seconde?|encore|de plus|aussi|refaire|ajout\w*|compl[ée]t\w*)\b", re.IGNORECASE
)
_OF_REQUEST = r"(?:message|demande(?! d[e'’])|formulaire|saisie|requ[êe]te)"
# « Annulez », « annule ce message », « j'ai déjà tout dit »; but « annulez ma commande » is a request.
_CALLED_OFF = re.compile(
    r"\bannul(?:e[rz]?|ons)\b(?:\s+(?:tout|[çc]a|cela|svp|merci|s['’]il vous pla[iî]t))*\W*$"
    rf"|\b(?:annul\w+|supprim\w+|abandonn\w+|arr[êe]t\w+)\s+(?:\w+\s+){{0,3}}{_OF_REQUEST}"
    rf"|\bpas (?:besoin )?(?:d['’e ]\s?)?(?:autre|deuxi[èe]me|seconde?|nouvelle?) {_OF_REQUEST}"
    r"|\bnon merci\b|\bd[ée]j[àa] (?:tout )?(?:dit|[ée]crit|expliqu\w+|envoy\w+|laiss\w+)",
    re.IGNORECASE,
)
# Intents of texts that are no request: always; if short; if they are a question (« ils m'appellent ou ils m'écrivent ?
# »).
NO_REQUEST = frozenset({"stop", "deny", "repair", "clarify", "goodbye", "speak_english", "distress"})
NO_REQUEST_IF_SHORT = frozenset({"thank", "greet"})
NO_REQUEST_IF_ASKED = frozenset({"contact_support", "leave_message", "ask_duration", "third_party"})
FEW_WORDS = 6
# After a request was left, these questions are about its answer.
ABOUT_REPLY = frozenset({"contact_support/email", "contact_support/phone", "contact_support/no_answer"})
_ASKS = re.compile(
    r"\?|^\W*(?:et |mais |donc )?(?:est-ce|qui|quand|comment|pourquoi|o[ùu]|combien|c['’]est quoi)\b", re.I
)
MAX_QUOTED = 200
# These questions end the form: a customer who asks for a person is not asked for an order number again.
ENDS_FORM = frozenset({"contact_support/contact", "contact_support/no_answer", "contact_support/passed_on"})
# Topics with their own reason for calling a person.
REASON_OF_TOPIC = {"report_damaged_parcel": HandOverReason.DAMAGED, "ask_refund": HandOverReason.MONEY}
CALLS_A_PERSON = frozenset({"contact_support/contact", "contact_support/passed_on", "contact_support/complaint"})


class Support(TopicAction):
    key = "support"

    async def answer_topic(self, turn: Turn, question: str) -> None:
        if question in ENDS_FORM:
            turn.leave_form()
        if _is_about_reply(turn, question):
            turn.say("utter_request_waits", address=turn.slot("email"))
            return
        if question in CALLS_A_PERSON and await connect(turn, _reason(turn)):
            return
        give_contacts(turn, question)


def _is_about_reply(turn: Turn, question: str) -> bool:
    """« On m'appelle ou j'aurai un mail ? » just after a request was left."""
    just_left = not {"utter_request_left", "utter_request_waits"}.isdisjoint(turn.last_answer())
    return just_left and question in ABOUT_REPLY and bool(_ASKS.search(turn.message)) and bool(turn.slot("email"))


def _reason(turn: Turn) -> HandOverReason:
    """The last problem's own reason, if it has one, because it tells the team more than a general reason."""
    asked = reversed([intent_of(question) for question in turn.answered()])
    if reason := REASON_OF_TOPIC.get(next((topic for topic in asked if topic in PROBLEMS), "")):
        return reason
    misunderstood = "utter_not_understood_again" in turn.last_answer()
    return HandOverReason.MISUNDERSTOOD if misunderstood else HandOverReason.ASKED


class Distress(BotAction):
    """Sends a kind word, then calls a person. If the customer mentions dying, the 3114 comes first (SAFE-1)."""

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
    """Starts a request with the known values; the form asks only for the missing ones.

    If the e-mail matched no order, it may be mistyped: the form asks for it again.
    """

    def name(self) -> str:
        return "action_leave_message"

    async def answer(self, turn: Turn) -> None:
        if _was_left(turn) and not _asks_for_another(turn):
            turn.leave_form()
            turn.say("utter_request_waits", address=turn.slot("email"))
            return
        turn.leave_form()
        await acheck()  # do not begin a form whose request cannot be stored
        turn.say("utter_request_intro")
        refused = turn.slot("refused_lookup") or ""
        turn.set(handover_text=None, email=None if refused.endswith(f" {turn.slot('email')}") else turn.slot("email"))
        turn.then("handover_form")


class AskRequest(Action):
    """Asks for the request. After the e-mail, it offers to send the problem that the customer has already described.

    The form calls it: a next action, as a BotAction names one, would call the form again.
    """

    def name(self) -> str:
        return "action_ask_handover_form_handover_text"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        email = tracker.get_slot("email")
        gives_email = any(tracker.get_latest_entity_values("email"))
        said = last_problem_of(tracker) if gives_email else None
        if said:
            dispatcher.utter_message(response="utter_request_so_far", said=quoted(said), email=email)
        else:
            dispatcher.utter_message(response="utter_ask_handover_text", email=email)
        return []


class LeaveRequest(BotAction):
    """Stores the request, and only then confirms it; if that fails, says that it was not stored."""

    def name(self) -> str:
        return "action_leave_request"

    async def answer(self, turn: Turn) -> None:
        email, text = turn.slot("email"), turn.slot("handover_text")
        if not text:  # the customer cancelled it
            turn.say("utter_stopped")
            return
        text = with_earlier_problem(turn, text)
        topic = turn.slot("topic") or ""
        try:
            left = await aleave_request(turn.conversation, turn.message_id, email=email, text=text, topic=topic)
        except TooManyRequests:
            turn.say("utter_request_limit")
        else:
            card = {"kind": "request", "reference": left.reference, "email": email, "text": text}
            photos = topic == "damaged_parcel"
            turn.say("utter_request_left", address=email, reference=left.reference, card=card, photos=photos)


def _was_left(turn: Turn) -> bool:
    """Whether this conversation has left a request: the slot with its text is cleared only when the next one begins."""
    return turn.form != "handover_form" and bool(turn.slot("handover_text") and turn.slot("email"))


def _asks_for_another(turn: Turn) -> bool:
    """Whether a button or « une autre demande » starts another request; other messages may ask about the first one."""
    return turn.message.startswith("/") or bool(_ANOTHER.search(turn.message))


def with_earlier_problem(turn: Turn, text: str) -> str:
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
    return next((said for said in reversed(found) if said != besides and (besides or "\0") not in said), None)


def _intent(event: dict[str, Any]) -> str | None:
    return ((event.get("parse_data") or {}).get("intent") or {}).get("name")


def quoted(said: str) -> str:
    """The text on one line, cut to MAX_QUOTED characters."""
    return shorten(said, MAX_QUOTED, placeholder="…")


def last_problem_of(tracker: Tracker) -> str | None:
    return last_problem(event for event in tracker.events if event.get("event") == "user")


def is_no_request(message: dict[str, Any]) -> bool:
    """Whether a message is about the form itself instead of a request for the team."""
    intent, text = (message.get("intent") or {}).get("name"), message.get("text") or ""
    short, asks = len(text.split()) < FEW_WORDS, bool(_ASKS.search(text))
    return intent in NO_REQUEST or (intent in NO_REQUEST_IF_SHORT and short) or (intent in NO_REQUEST_IF_ASKED and asks)


def request_besides_email(message: dict[str, Any]) -> str | None:
    """The request in a message that also gives the e-mail and perhaps the name; None if there is none."""
    text = message.get("text") or ""
    emails = [entity for entity in message.get("entities") or [] if entity["entity"] == "email" and "start" in entity]
    if not emails:
        return None
    for entity in reversed(emails):
        text = text[: entity["start"]] + "," + text[entity["end"] :]
    pieces = [piece.strip() for piece in re.split(r"[,;:\n]|[.!?](?=\s|$)", text)]
    kept = [piece for piece in pieces if len(piece.split()) >= MIN_WORDS_OF_REQUEST and not _INTRODUCES.search(piece)]
    said = ", ".join(kept)
    return said if sum(map(str.isalpha, said)) >= MIN_LETTERS else None


class ValidateHandoverForm(FormValidation):
    def name(self) -> str:
        return "validate_handover_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Let its own action answer a message that is no request, for example a question about the form."""
        latest = tracker.latest_message
        called_off = _CALLED_OFF.search(latest.get("text") or "")
        if tracker.slots.get("handover_text") and not called_off and is_no_request(latest):
            return [SlotSet("handover_text", None), ActionExecutionRejected("handover_form")]
        return await super().run(dispatcher, tracker, domain)

    def validate_email(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """The rest of a message with an e-mail may be the request."""
        slots = valid_email(value, dispatcher)
        if slots["email"] and (text := request_besides_email(tracker.latest_message)):
            return slots | {"handover_text": text}
        return slots

    def validate_handover_text(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Reject « ok », « ? » or a lone number, which the team could not answer. A yes sends the earlier problem.

        « Annulez » ends the form. A question about the form is answered, and is no request.
        """
        intent = (tracker.latest_message.get("intent") or {}).get("name")
        if _CALLED_OFF.search(str(value or "")):
            return {"handover_text": None, "requested_slot": None}
        said = last_problem_of(tracker) if intent == "affirm" else None
        enough = sum(character.isalpha() for character in str(value or "")) >= MIN_LETTERS
        if value is not None and not enough and said:
            return {"handover_text": said}
        if not enough and value is not None:
            dispatcher.utter_message(response="utter_request_unclear")
        return {"handover_text": value if enough else None}
