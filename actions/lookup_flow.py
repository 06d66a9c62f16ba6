"""The dialogue of a look-up: start it, fill in and correct the values, then answer the question that started it."""

import re
from typing import Any

from actions.base import BotAction, offer_later
from actions.corrections import answer_correction
from actions.device_accounts import DeviceAccounts, answer_from_elsewhere, correct_device
from actions.faq import Faq
from actions.faulty_product import FaultyProduct
from actions.invoice import Invoice
from actions.lookup_base import ORDER, TRADEIN, LookupTopic
from actions.parcel import Parcel
from actions.reinterpretation import asks_which_is_wrong
from actions.return_conditions import ReturnConditions
from actions.seller import Seller
from actions.topics import TOPIC_KEYS, intent_of
from actions.tracking import Tracking
from actions.tradein_cancellation import STATE as TRADEIN_STATE
from actions.tradein_cancellation import TradeInCancellation
from actions.turn import Turn
from actions.withdrawal import Withdrawal
from shop.masking import PLACEHOLDERS
from shop.numbers import corrected, tradein_number

_TOPICS: list[LookupTopic[Any]] = [
    Parcel(), Tracking(), Invoice(), Withdrawal(), ReturnConditions(), Seller(), FaultyProduct(), TradeInCancellation(),
]  # fmt: skip
# Entities with which a look-up or a device topic continues.
GIVEN = ("order_number", "tradein_number", "email", "device_family")
# The default question, if the customer only gave a number.
STATE = "where_is_parcel/where"
# After these questions, « regardez ma commande » asks for the order's status, not for its seller.
HOW_TO_WRITE = frozenset(f"contact_seller/{name}" for name in ("how", "delay", "no_answer", "theme", "phone"))
# « Le numéro c'est … », but not « g pas le num ».
_BEGINS = re.compile(r"^(?!.*\b(?:pas|plus|sais|pourquoi|quoi)\b).*\b(?:c['’ ]?est|voici|voil[aà])\W*$", re.IGNORECASE)
# Intents that start a look-up without giving a number or e-mail.
STARTING = frozenset({"look_up", "affirm"})
# Topics about the account: no order has to be looked up.
WITHOUT_ORDERS = frozenset({"password", "account", "personal_info", "data_rights"})
# « Le numéro, je ne l'ai pas »: the bot does not ask for it.
_HAS_NO_NUMBER = re.compile(
    r"\bnum[ée]?ro\w*\b[^.!?]{0,30}\b(?:pas|plus|aucun|jamais)\b(?! de rép)"
    r"|\b(?:pas|plus|sans|aucun|jamais)\b[^.!?]{0,20}\bnum[ée]?ro\b(?! de t[ée]l)",
    re.IGNORECASE,
)
HANDOVER_FORM, DAMAGE_FORM = "handover_form", "damage_form"
# « c'est 5 pas 6 », « pas le bon numéro »
_NAMES_VALUE = re.compile(r"\d|\bnum[ée]?ro|\b(?:e-?)?mail|\bcourriel|\bcommande", re.IGNORECASE)
MAX_WORDS_OF_VALUE = 5
EMAIL_WORDS = re.compile(
    r"mail|adresse|courriel|arobase|@|[.]\s?(?:com|fr|net|org|be|ch|ca|con)\b|point (?:com|fr)", re.I
)
TOPICS = {topic.key: topic for topic in _TOPICS}
_FAQ = Faq()  # cancelling an order


def question_of(turn: Turn) -> str:
    """The question that the look-up is for; by default, the order's status."""
    return turn.slot("lookup_question") or STATE


def topic_of(turn: Turn) -> LookupTopic[Any]:
    return TOPICS.get(TOPIC_KEYS[intent_of(question_of(turn))], _FAQ)


async def continue_lookup(turn: Turn) -> None:
    """Answer if number and e-mail are known; otherwise ask for what is missing."""
    topic = topic_of(turn)
    if topic.lookup.is_complete(turn):
        await topic.look_up(turn, question_of(turn))
        return
    if topic.lookup.was_refused(turn) and turn.intent not in STARTING:
        # This pair failed before: looking it up again would count another failure.
        topic.say_no_match(turn, question_of(turn))
        return
    if turn.form is None:
        await topic.require_shop(turn, question_of(turn))
        if not topic.lookup.is_started(turn) and _HAS_NO_NUMBER.search(turn.message):
            turn.say(f"utter_help/{topic.lookup.number_slot}/without")
            return
    if topic.lookup.was_refused(turn):
        turn.set(**{topic.lookup.number_slot: None, "email": None})
    turn.then(topic.lookup.form)


class StartLookup(BotAction):
    """Starts or completes a look-up: « regardez ma commande », yes to the offer, or a completed form."""

    def name(self) -> str:
        return "action_look_up"

    async def answer(self, turn: Turn) -> None:
        message, lookup = turn.message.lower(), topic_of(turn).lookup
        if "commande" in message and lookup is TRADEIN:
            turn.set(lookup_question=STATE)
        elif "reprise" in message and lookup is not TRADEIN:
            turn.set(lookup_question=TRADEIN_STATE)
        elif turn.intent == "look_up" and question_of(turn) in HOW_TO_WRITE:
            turn.set(lookup_question=STATE)
        await continue_lookup(turn)
        offer_later(turn)


class Inform(BotAction):
    """Continues the current topic with a number, an e-mail or a device family alone."""

    def name(self) -> str:
        return "action_inform"

    async def answer(self, turn: Turn) -> None:
        if PLACEHOLDERS.search(turn.message) and not any(map(turn.entity, GIVEN)):
            return  # only a masked secret: `secrets.warn` has replied, and a form asks again
        if kind := turn.entity("other_number"):
            turn.say(f"utter_other_number_{kind}")  # the form asks again
            return
        if topic_of(turn).lookup.ask_which_email(turn):
            return
        if turn.entity("tradein_number"):
            known = topic_of(turn).lookup is TRADEIN
            turn.set(lookup_question=question_of(turn) if known else TRADEIN_STATE)
        elif turn.entity("order_number") and topic_of(turn).lookup is TRADEIN:
            self._use_tradein_number(turn, turn.entity("order_number") or "")
        elif not turn.entity("order_number") and not turn.entity("email"):
            self._answer_device(turn)
            return
        elif self._needs_no_email(turn):
            turn.say("utter_email_not_needed")
            return
        turn.leave_form()
        await continue_lookup(turn)

    def _needs_no_email(self, turn: Turn) -> bool:
        """Whether the customer only gives an e-mail, and neither the topic nor a look-up can use one."""
        number = topic_of(turn).lookup.number_slot
        return not turn.form and not turn.slot(number) and turn.slot("topic") in WITHOUT_ORDERS

    def _use_tradein_number(self, turn: Turn, given: str) -> None:
        """Use digits without a prefix as the number of the current trade-in; with PX, as an order number."""
        if "x" in given.lower():
            turn.set(lookup_question=STATE)
        else:
            turn.set(tradein_number=tradein_number(given), order_number=None)

    def _answer_device(self, turn: Turn) -> None:
        family = turn.entity("device_family")
        if not turn.form and answer_from_elsewhere(turn):
            return
        if family is None:
            # « Le numéro c'est », with the number to follow in the next message: start the form.
            begins = turn.slot("offer") == "look_up" and not turn.form and _BEGINS.search(turn.message)
            turn.then("action_look_up" if begins else "action_ask_back")
            return
        if turn.form:
            return  # a device family during a form: the form asks again
        if turn.slot("topic") not in (None, "device_accounts"):
            turn.say("utter_device_for_what")
            return
        turn.leave_form()
        turn.set(topic="device_accounts", question="unlock_account_device/how", device_family=family)
        turn.then("action_device_steps")


class Correct(BotAction):
    """« Non, c'est 5 pas 6 », « c'est pas le bon mail »: correct the wrong value, or ask for it again."""

    def name(self) -> str:
        return "action_correct"

    async def answer(self, turn: Turn) -> None:
        if turn.form == HANDOVER_FORM:
            turn.set(email=turn.entity("email"))  # without a new one, the form asks again
            return
        if turn.form == DAMAGE_FORM:
            turn.set(slip_noted=None, photos_taken=None)  # the form asks for both again
            return
        if not self._is_about_lookup(turn):
            if turn.slot("topic") == DeviceAccounts.key:
                if not answer_from_elsewhere(turn):
                    correct_device(turn)
            else:
                answer_correction(turn)
            return
        if asks_which_is_wrong(turn):
            turn.say("utter_help/no_match/which")
            return
        lookup = topic_of(turn).lookup
        old = turn.slot(lookup.number_slot)
        if not (turn.entity(lookup.number_slot) or turn.entity("email")):
            new = corrected(old or "", turn.message)
            wrong = "email" if _mentions_email(turn.message) else lookup.number_slot
            turn.set(**({lookup.number_slot: new} if new else {wrong: None}))
        turn.leave_form()
        await continue_lookup(turn)

    def _is_about_lookup(self, turn: Turn) -> bool:
        """Whether the correction is about a number or an e-mail: one is given, named or asked for.

        A few words after a look-up (« c'est faux ») are about it too.
        """
        given = any(turn.entity(name) for name in ("order_number", "tradein_number", "email"))
        if given or turn.form in (ORDER.form, TRADEIN.form) or _NAMES_VALUE.search(turn.message):
            return True
        known = turn.slot("email") or turn.slot(topic_of(turn).lookup.number_slot)
        return bool(known) and len(turn.message.split()) <= MAX_WORDS_OF_VALUE


class ChangeNumber(BotAction):
    """Another number: by a button after a look-up without a match, or « et l'autre ? »."""

    def name(self) -> str:
        return "action_change_number"

    async def answer(self, turn: Turn) -> None:
        lookup = topic_of(turn).lookup
        if not lookup.use_earlier(turn):
            turn.set(**{lookup.number_slot: None})
        await continue_lookup(turn)


class ChangeEmail(BotAction):
    """Another e-mail: by a button after a look-up without a match, or « j'ai une autre adresse »."""

    def name(self) -> str:
        return "action_change_email"

    async def answer(self, turn: Turn) -> None:
        turn.set(email=None)
        if turn.form != HANDOVER_FORM:
            await continue_lookup(turn)


def _mentions_email(message: str) -> bool:
    return bool(EMAIL_WORDS.search(message))
