"""Yes, no, stop and « combien de temps ? »: words that mean something only after what was said before."""

from actions import topics
from actions.base import BotAction
from actions.lookup_topic import ORDER
from actions.misunderstanding import TOPICS_OFFERED
from actions.orders import right_of
from actions.turn import Turn
from actions.withdrawal import Withdrawal, tell_right
from shop.rules.withdrawal import WithdrawalState

# Topics whose deadline is that of one order, once it is known.
DATED = frozenset({"withdrawal", "return_conditions"})
# What « oui » starts, for the offers that are no topic.
OFFERS = {"look_up": "action_look_up", "leave_message": "action_leave_message"}


class Affirm(BotAction):
    def name(self) -> str:
        return "action_affirm"

    async def answer(self, turn: Turn) -> None:
        offer = turn.slot("offer")
        if turn.form:
            return  # the form asks again for what it needs
        if offer in topics.STEMS:
            turn.set(asked_intent=offer, offer=None)
            turn.then(topics.action_of(offer))
        elif offer in OFFERS:
            turn.then(OFFERS[offer])
        else:
            turn.say("utter_anything_else")


class Deny(BotAction):
    """No to an offer; to « Parlez-vous de… ? », it asks to say it otherwise; inside a form, it is a wish to stop."""

    def name(self) -> str:
        return "action_deny"

    async def answer(self, turn: Turn) -> None:
        stopping = turn.form is not None
        turn.leave_form()
        if not stopping and not TOPICS_OFFERED.isdisjoint(turn.last_answer()):
            turn.say("utter_ask_rephrase")  # none of the topics that were offered
        else:
            turn.say("utter_stopped" if stopping else "utter_declined")


class Stop(BotAction):
    def name(self) -> str:
        return "action_stop"

    async def answer(self, turn: Turn) -> None:
        turn.leave_form()
        turn.say("utter_stopped")


class Duration(BotAction):
    """« Combien de temps ça prend ? », of the topic talked about last; for an order that is known, its own date."""

    def name(self) -> str:
        return "action_duration"

    async def answer(self, turn: Turn) -> None:
        topic = turn.slot("topic")
        if topic in DATED and ORDER.known(turn):
            order = await Withdrawal().find(turn)
            if order:
                right = right_of(order)
                tell_right(turn, order, right)
                if right.state is WithdrawalState.OPEN:
                    turn.say("utter_duration_refund")
            return
        turn.say(f"utter_duration_{topic}" if topic else "utter_duration_of_what")


class SmallTalk(BotAction):
    """A greeting or a thank: what was offered before it is no longer what « oui » means."""

    def name(self) -> str:
        return "action_small_talk"

    async def answer(self, turn: Turn) -> None:
        turn.say(f"utter_{turn.intent}")
