"""Removing an account from a device: which family, and can it still be used? Then the steps (ACC-1 to ACC-5)."""

import re
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction

from actions.base import BotAction, TopicAction, say_question
from actions.turn import Turn

FAMILIES = frozenset({"apple", "android", "gmail"})
STEPS = "unlock_account_device/how"
# « Avant de vous l'envoyer »: who still has the device can use it, unless it is said to be broken.
_STILL_HERE = re.compile(
    r"\bavant (?:de|l['’ ]?envoi|que)|\b(?:veux|vais|dois|compte|voudrais)\b[^.?!]{0,40}\b(?:envoyer|rendre|vendre|renvoyer|donner)",
    re.IGNORECASE,
)
ACCESS_INTENTS = {"have_access": True, "no_access": False}


class DeviceAccounts(TopicAction):
    """Begins anew: what this message says of the device is kept, what an earlier one said is not."""

    stem = "device_accounts"

    async def about(self, turn: Turn, question: str) -> None:
        if question != STEPS:
            say_question(turn, question)
            return
        turn.set(device_family=turn.given("device_family") or turn.slot("device_family"), has_access=access_of(turn))
        turn.leave_form()
        turn.then("action_device_steps" if complete(turn) else "device_form")


class DeviceSteps(BotAction):
    """The numbered steps for this family and this access."""

    def name(self) -> str:
        return "action_device_steps"

    async def answer(self, turn: Turn) -> None:
        tell_steps(turn)


class DeviceAccess(BotAction):
    """« Et si je n'ai plus accès au téléphone ? »: same device, other access; of a trade-in: is it here?"""

    def name(self) -> str:
        return "action_device_access"

    async def answer(self, turn: Turn) -> None:
        has_access = ACCESS_INTENTS[turn.intent]
        if turn.slot("topic") == "tradein_cancellation":
            turn.say("utter_cancel_tradein/how" if has_access else "utter_cancel_tradein/shipped")
            return
        if turn.slot("topic") == "return_conditions" or turn.slot("topic") is None:
            turn.set(topic="device_accounts", question=STEPS)
        elif turn.slot("topic") != "device_accounts":
            turn.then("action_ask_back")
            return
        turn.set(has_access=has_access)
        turn.then("action_device_steps" if complete(turn) else "device_form")


class ValidateDeviceForm(FormValidationAction):
    """Only the three families have documented steps; Gmail's need no question about access (ACC-5)."""

    def name(self) -> str:
        return "validate_device_form"

    async def required_slots(
        self, domain_slots: list[str], dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[str]:
        return ["device_family"] if tracker.get_slot("device_family") == "gmail" else domain_slots

    def validate_device_family(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        return {"device_family": value if value in FAMILIES else None}


def access_of(turn: Turn) -> bool | None:
    """Whether the message says that the device can still be used; None where it does not say."""
    if turn.given("device_broken"):
        return False
    return True if _STILL_HERE.search(turn.message) else None


def complete(turn: Turn) -> bool:
    """Is enough known to give the steps?"""
    family = turn.slot("device_family")
    return family == "gmail" or (family in FAMILIES and turn.slot("has_access") is not None)


def correct_device(turn: Turn) -> None:
    """« C'était un Android, pas un iPhone »: its steps; or the question which it is, if the old one is named again."""
    family = turn.given("device_family")
    # While the form asks, the slot holds what this message says already.
    named_again = turn.form is None and family == turn.slot("device_family")
    turn.set(device_family=None if named_again else family)
    turn.then("action_device_steps" if complete(turn) else "device_form")


def tell_steps(turn: Turn) -> None:
    """Give the steps for what is known of the device."""
    family = turn.slot("device_family")
    access = "" if family == "gmail" else "_access" if turn.slot("has_access") else "_no_access"
    turn.say(f"utter_steps_{family}{access}")
