"""Yes, no, stop and « combien de temps ? »: words that mean something only after what was said before."""

from actions import topics
from actions.base import BotAction
from actions.turn import Turn

# What « oui » starts, for the offers that are no topic.
OFFERS = {"look_up": "action_look_up", "leave_message": "handover_form"}


class Affirm(BotAction):
    def name(self) -> str:
        return "action_affirm"

    async def answer(self, turn: Turn) -> None:
        offer = turn.slot("offer")
        if turn.form:
            return  # the form asks again for what it needs
        if offer in topics.STEMS:
            turn.set(asked_intent=offer)
            turn.then(topics.action_of(offer))
        elif offer in OFFERS:
            turn.then(OFFERS[offer])
        else:
            turn.say("utter_anything_else")


class Deny(BotAction):
    """No to an offer; inside a form, no is a wish to stop."""

    def name(self) -> str:
        return "action_deny"

    async def answer(self, turn: Turn) -> None:
        stopping = turn.form is not None
        turn.leave_form()
        turn.say("utter_stopped" if stopping else "utter_declined")


class Stop(BotAction):
    def name(self) -> str:
        return "action_stop"

    async def answer(self, turn: Turn) -> None:
        turn.leave_form()
        turn.say("utter_stopped")


class Duration(BotAction):
    """« Combien de temps ça prend ? », of the topic talked about last."""

    def name(self) -> str:
        return "action_duration"

    async def answer(self, turn: Turn) -> None:
        topic = turn.slot("topic")
        turn.say(f"utter_duration_{topic}" if topic else "utter_duration_of_what")
