"""Removing an account from a device: which family, then the steps (ACC-1 to ACC-5).

Who asks mostly still has the device, so the steps with access come at once, and the others are a button away.
"""

import re

from actions.base import BotAction, TopicAction, say_question
from actions.turn import Turn

FAMILIES = frozenset({"apple", "android", "gmail"})
STEPS, SAMSUNG = "unlock_account_device/how", "unlock_account_device/samsung"
ACCESS_INTENTS = {"have_access": True, "no_access": False}
# Topics in which « il ne s'allume plus » is about the account on the device.
ACCOUNT_TOPICS = frozenset({None, "device_accounts", "return_conditions", "tradein_privacy"})
_BROKEN = re.compile(
    r"(?<!pas )(?<!plus )\b(?:cass[ée]|mort|(?:écran|ecran|tout) noir|hs|foutu|volé|perdu|noyé|explosé|éclaté|fissuré"
    r"|brisé)\w*\b|dans l['’ ]eau"
    r"|(?:s['’ ]?|dé)(?:allume|marre)\w*\s+(?:plus|pas)|march\w+\s+(?:plus|pas)|fonctionne\w*\s+(?:plus|pas)"
    r"|(?:pas|plus) (?:d['’ ])?acc[èe]s",
    re.IGNORECASE,
)


class DeviceAccounts(TopicAction):
    key = "device_accounts"

    async def answer_topic(self, turn: Turn, question: str) -> None:
        # These devices are Androids: their Google account has steps, their maker's own has none.
        maker = "android" if question == SAMSUNG else None
        turn.set(device_family=turn.entity("device_family") or maker or turn.slot("device_family"))
        if question == SAMSUNG and "google" in turn.message.lower():
            question = STEPS  # a Google account on a Samsung
        if question != STEPS:
            say_question(turn, question)
            return
        broken = bool(turn.entity("device_broken")) or bool(_BROKEN.search(turn.message))
        if turn.slot("asked_question") and turn.slot("device_family") and not broken:
            give_steps_or_ask_family(turn)  # « et c'est où ? » of the steps that were given
            return
        turn.set(question=STEPS, has_access=not broken)
        give_steps_or_ask_family(turn)


class DeviceSteps(BotAction):
    """The numbered steps for this family and this access."""

    def name(self) -> str:
        return "action_device_steps"

    async def answer(self, turn: Turn) -> None:
        family = turn.slot("device_family")
        access = "" if family == "gmail" else "_no_access" if turn.slot("has_access") is False else "_access"
        turn.say(f"utter_steps_{family}{access}")


class DeviceAccess(BotAction):
    """« Et si je n'ai plus accès au téléphone ? »: same device, other access; of a trade-in: is it here?"""

    def name(self) -> str:
        return "action_device_access"

    async def answer(self, turn: Turn) -> None:
        has_access = ACCESS_INTENTS[turn.intent]
        if turn.form:
            turn.then("action_follow_up")  # « je ne l'ai pas » is about what the form asks for
            return
        if turn.slot("topic") == "tradein_cancellation":
            turn.say("utter_cancel_tradein/how" if has_access else "utter_cancel_tradein/shipped")
        elif turn.slot("topic") in ACCOUNT_TOPICS:
            # « mais l'écran marche plus » is no access, however it was read.
            broken = bool(_BROKEN.search(turn.message))
            turn.set(topic="device_accounts", question=STEPS, has_access=has_access and not broken)
            give_steps_or_ask_family(turn)
        else:
            turn.set(asked_question="product_not_working/what_to_do")
            turn.then("action_faulty_product")


def give_steps_or_ask_family(turn: Turn) -> None:
    """The steps where the family is known, else the question which one it is."""
    if turn.slot("device_family") in FAMILIES:
        turn.then("action_device_steps")
    else:
        turn.say(f"utter_{STEPS}")


def correct_device(turn: Turn) -> None:
    """« C'était un Android, pas un iPhone »: its steps; or the question which it is, if the old one is named again."""
    family = turn.entity("device_family")
    turn.set(device_family=None if family == turn.slot("device_family") else family)
    give_steps_or_ask_family(turn)
