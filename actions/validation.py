"""Form validation. It checks the format only; `shop.access` checks whether an order exists.

If a value is None, an action has reset it so that the form asks again: there is no wrong input to report.
"""

import re
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActionExecutionRejected, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.secrets import FormValidation
from shop.emails import normalised_email
from shop.numbers import DIGITS, joined, order_number, tradein_number

Slots = dict[str, Any]
# A message that is not the beginning of an address: a command, several words, a number.
_NO_BEGINNING = re.compile(r"^/|[\s@]|\d{5}", re.IGNORECASE)
# Maximum number of messages that one number may be split into.
MAX_PIECES = 3

# Patterns of damage_form. A message may answer both its questions, which the form then does not ask.
_NOTED = re.compile(
    # « j'ai bien mis des réserves », « le livreur a noté les réserves »
    r"\b(?:j['’ ]?ai|ai|a|ont|avons)\s+(?:tout |bien |aussi |déjà )*"
    r"(?:not[ée]|signal[ée]|marqu[ée]|[ée]crit|mis|fait|émis)[^.!?]{0,40}\b(?:sur \w+ bon|bon de livraison"
    r"|bordereau|r[ée]serves?|livreur)\b"
    # « je l'ai bien noté »
    r"|\bje l['’ ]?ai (?:bien |aussi |déjà )?(?:not[ée]|signal[ée]|mentionn[ée])"
    # « réserves notées », « c'est noté sur le bon »
    r"|r[ée]serves? (?:écrites?|notées?|faites?)|not[ée]e? sur le (?:bon|bordereau)\b",
    re.IGNORECASE,
)
NOT_NOTED = re.compile(
    # « j'ai signé sans regarder »
    r"\b(?:sans (?:rien )?(?:noter|regarder|v[ée]rifier|[ée]crire|ouvrir|faire attention)"
    # « je n'ai rien noté »
    r"|rien (?:not[ée]|[ée]crit|signalé|marqué|mis)"
    # « pas noté », « je n'ai pas fait de réserves », « je n'ai mis aucune réserve »
    r"|pas (?:not[ée]|[ée]crit|signalé|regardé|vérifié|(?:fait|mis|émis) de r[ée]serve)|aucune r[ée]serve"
    # « j'ai signé trop vite », « le livreur était déjà parti »
    r"|signé (?:direct|trop vite)|livreur (?:est|était) (?:déjà )?(?:re)?parti)",
    re.IGNORECASE,
)
# Only unambiguous wordings; otherwise the form asks.
_PHOTOS = re.compile(
    r"\b(?:j['’ ]?ai|g) (?:aussi |bien |quand même )?(?:des|les|pris|fait|\d)\b[\w\s'’]{0,12}\b(?:ph|f)otos?\b",
    re.IGNORECASE,
)
_NO_PHOTOS = re.compile(r"\b(?:pas? (?:de|d|pris de|fait de)|aucune|sans|ni) (?:ph|f)otos?\b", re.IGNORECASE)
_OF_PHOTOS = re.compile(r"\b(?:ph|f)otos?\b", re.IGNORECASE)
# Matches a mention of the note on the slip, or a yes or no that is not about the photos.
_OF_NOTE = re.compile(
    r"\bnot(?:é|e|er)|\bbon\b|réserve|signal|écri|ecri|mention|\brien\b|^\W*(?:oui|non)\W+(?:et|mais)\b", re.IGNORECASE
)
# « Non, j'ai juste des photos »: the no is about the note.
_ONLY_PHOTOS = re.compile(r"\b(?:juste|seulement|uniquement|que)\b.{0,12}\b(?:ph|f)otos?\b", re.IGNORECASE)
# « Non, c'est pas un colis, c'est le frigo » corrects the subject; it is no answer to the form.
_SOMETHING_ELSE = re.compile(
    r"\b(?:c['’ ]?est|c|il s['’]agit|je (?:vous )?parl\w+|on parle|je voulais|je demand\w+)\s+(?:pas\s+)?(?:juste\s+)?"
    r"(?:du|des?|un|une|le|la|les|l['’]|mon|ma|mes|pour)\b"
    r"|\bpas (?:un|une|le|la|mon|ma) (?:colis|livraison|carton|paquet)\b",
    re.IGNORECASE,
)
# « Mais il n'est pas abîmé, il est pas ARRIVÉ »
_NOT_DAMAGED = re.compile(
    r"\bpas (?:encore )?(?:ab[iî]m|endommag|arriv)\w*"
    r"|\bpas (?:encore )?(?:re[çc]ue?|livr[ée]e?)\b(?! (?:de |le |la |moi))",
    re.IGNORECASE,
)
_ABOUT_DELIVERY = re.compile(
    r"\bnot[ée]|\bbon\b|r[ée]serve|sign[ée]|livreur|photo|bordereau|temps|ab[iî]m|endommag|\bdommage|[ée]cras",
    re.IGNORECASE,
)
# « le carton était nickel »: nothing could be noted on the slip.
_INTACT = re.compile(
    r"\b(?:carton|colis|emballage|bo[iî]te|paquet)\b(?:(?!\b(?:pas|plus|jamais)\b)[^.!?]){0,25}"
    r"\b(?:intacte?|nickel|impec\w*|parfait\w*|n['’ ]?(?:avait|a) rien|avait rien|bon [ée]tat|propre"
    r"|(?:allait|va|[ée]tait) bien(?=\s*(?:[,.;!?]|$|mais\b|c['’]est\b)))\b"
    r"|\bcass\w*\b.{0,15}\bpas (?:le|la) (?:carton|colis|paquet|bo[iî]te)\b"
    r"|\b(?:carton|colis|emballage|bo[iî]te|paquet)\b[^.!?]{0,15}\bpas (?:ab[iî]m|endommag)\w*",
    re.IGNORECASE,
)
_NO = re.compile(r"^\W*(?:non|nan|nn|bah? non|ben non)\b", re.IGNORECASE)


def is_about_something_else(message: str) -> bool:
    """Whether the message names another subject than a damaged parcel."""
    elsewhere = _SOMETHING_ELSE.search(message) and not _ABOUT_DELIVERY.search(message)
    return bool(elsewhere or _NOT_DAMAGED.search(message))


def describes_intact_box(message: str) -> bool:
    """« Le carton allait bien, c'est dedans que c'est cassé »: nothing could be noted on the slip."""
    return bool(_INTACT.search(message))


def valid_email(value: Any, dispatcher: CollectingDispatcher) -> Slots:
    """The normalised e-mail, or a request to type it again."""
    email = normalised_email(str(value))
    if email is None and value is not None:
        dispatcher.utter_message(response="utter_invalid_email")
    return {"email": email}


class PairValidation(FormValidation):
    """Validates a form that asks for a number and its e-mail."""

    async def extract_email(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Slots:
        """An address in two messages: « lucas.bernard », then « @example.com »."""
        texts = [(event.get("text") or "").strip() for event in tracker.events if event.get("event") == "user"][-2:]
        asked = tracker.slots.get("requested_slot") == "email" and len(texts) == 2
        in_pieces = asked and texts[1].startswith("@") and not _NO_BEGINNING.search(texts[0])
        email = normalised_email("".join(texts)) if in_pieces else None
        return {"email": email} if email else {}

    def validate_email(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Slots:
        """The e-mail, unless the message has a second one: then the bot has asked which is right."""
        several = (tracker.latest_message.get("other_values") or {}).get("email")
        return {"email": None} if several else valid_email(value, dispatcher)


class ValidateOrderForm(PairValidation):
    def name(self) -> str:
        return "validate_order_form"

    async def extract_order_number(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Slots:
        """A number in several messages: « PX4820 », then « 1937 la suite »."""
        texts = [event.get("text") or "" for event in tracker.events if event.get("event") == "user"][-MAX_PIECES:]
        asked = tracker.slots.get("requested_slot") == "order_number"
        number = joined(texts) if asked else None
        return {"order_number": number} if number else {}

    def validate_order_number(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Slots:
        number = order_number(str(value))
        if number is None and value is not None:
            is_begun = sum(map(str.isdigit, str(value))) < DIGITS
            dispatcher.utter_message(response=f"utter_invalid_order_number{'_short' if is_begun else ''}")
        return {"order_number": number}


class ValidateTradeInForm(PairValidation):
    """Digits alone look like an order number; in this form they are the trade-in's."""

    def name(self) -> str:
        return "validate_tradein_form"

    def validate_tradein_number(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Slots:
        number = tradein_number(str(value))
        if number is None and value is not None:
            dispatcher.utter_message(response="utter_invalid_tradein_number")
        return {"tradein_number": number, "order_number": None}


class ValidateDamageForm(FormValidation):
    """« Je n'ai rien noté mais j'ai des photos » answers both questions at once."""

    def name(self) -> str:
        return "validate_damage_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Reject a message that names another subject or an intact box, so that the action of its intent answers it.

        Do so once per message, and not for the message that started the form: the form would end before its first
        question.
        """
        events = await super().run(dispatcher, tracker, domain)
        asked = tracker.slots.get("requested_slot") and not _was_rejected(tracker)
        text = tracker.latest_message.get("text") or ""
        if asked and (is_about_something_else(text) or describes_intact_box(text)):
            events = [event for event in events if event["event"] != "slot"]
            return [
                *events,
                SlotSet("slip_noted", None),
                SlotSet("photos_taken", None),
                ActionExecutionRejected("damage_form"),
            ]
        return events

    async def required_slots(
        self,
        domain_slots: list[str],
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],
    ) -> list[str]:
        """If nothing is noted on the slip, do not ask for photos: without the note they are not enough (DMG-1)."""
        return ["slip_noted"] if tracker.slots.get("slip_noted") is False else domain_slots

    async def extract_slip_noted(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Slots:
        """« Non, j'étais pas là » is a no, and « je l'ai noté » a yes, even if it was classified as another intent."""
        said = noted_in(tracker.latest_message.get("text") or "")
        asked = tracker.slots.get("requested_slot") == "slip_noted" and tracker.slots.get("slip_noted") is None
        return {"slip_noted": said} if asked and said is not None else self._no_in(tracker, "slip_noted")

    async def extract_photos_taken(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Slots:
        return self._no_in(tracker, "photos_taken")

    def _no_in(self, tracker: Tracker, slot: str) -> Slots:
        message = tracker.latest_message.get("text") or ""
        asked = tracker.slots.get("requested_slot") == slot and tracker.slots.get(slot) is None
        is_no = _NO.search(message) and "?" not in message and not is_about_something_else(message)
        return {slot: False} if asked and is_no else {}

    def validate_slip_noted(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Slots:
        message = tracker.latest_message.get("text") or ""
        value = value and not _NO.search(message)  # « non, il était parti » may be classified as a yes
        if value is None or not _OF_PHOTOS.search(message):
            return {"slip_noted": value}
        is_of_note = _OF_NOTE.search(message) or _ONLY_PHOTOS.search(message) or noted_in(message)
        slots: Slots = {"slip_noted": value if is_of_note else None}
        photos = True if _ONLY_PHOTOS.search(message) else photos_in(message)
        return slots if photos is None else slots | {"photos_taken": photos}

    def validate_photos_taken(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Slots:
        return {"photos_taken": value and not _NO.search(tracker.latest_message.get("text") or "")}


def _was_rejected(tracker: Tracker) -> bool:
    """Whether a form already rejected this message."""
    kinds = [event.get("event") for event in tracker.events]
    since = len(kinds) - kinds[::-1].index("user") if "user" in kinds else 0
    return "action_execution_rejected" in kinds[since:]


def noted_in(message: str) -> bool | None:
    """Whether the message says that the damage was noted on the slip; None if it does not say."""
    if NOT_NOTED.search(message):
        return False
    return True if _NOTED.search(message) else None


def photos_in(message: str) -> bool | None:
    """Whether the message says that there are photos; None if it does not say."""
    if _NO_PHOTOS.search(message):
        return False
    return True if _PHOTOS.search(message) else None
