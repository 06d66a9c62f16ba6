"""Yes, no and stop: words that mean something only after what was said before; and small talk."""

from actions.base import BotAction
from actions.fallback import FALLBACK_REPLIES, hand_over, likeliest
from actions.support import DANGER
from actions.turn import Turn

# What « oui » starts, for the offers that are no question.
OFFER_ACTIONS = {"look_up": "action_look_up", "leave_message": "action_leave_message"}
ACKNOWLEDGEMENT = "affirm/ack"
# Answers about the proofs of a damage, to which a « non » says that there are none.
PROOF_QUESTIONS = frozenset({"report_damaged_parcel/no_slip", "report_damaged_parcel/no_photos"})
# A « no » of so many words says something else too.
MIN_WORDS = 5
REFUSAL_REPLIES = {"utter_declined", "utter_stopped"}


class Affirm(BotAction):
    """« Oui » takes what was offered; « ok, je vais voir » only notes what was said."""

    def name(self) -> str:
        return "action_affirm"

    async def answer(self, turn: Turn) -> None:
        offer = turn.slot("offer")
        if turn.form:
            return  # the form asks again for what it needs
        if turn.question == ACKNOWLEDGEMENT:
            turn.say("utter_ack")
        elif offer in OFFER_ACTIONS:
            turn.then(OFFER_ACTIONS[offer])
        elif offer:
            turn.set(offer=None)
            turn.answer_next(offer)
        else:
            turn.say("utter_anything_else")


class Deny(BotAction):
    """No to an offer; inside a form, a wish to stop; again and again, the way to a person."""

    def name(self) -> str:
        return "action_deny"

    async def answer(self, turn: Turn) -> None:
        stopping = turn.form is not None
        turn.leave_form()
        if stopping:
            turn.say("utter_stopped")
        elif turn.slot("question") == DANGER:
            turn.say("utter_danger")
        elif turn.slot("question") in PROOF_QUESTIONS:
            turn.say(f"utter_{turn.slot('question')}")  # « ben non, le livreur est reparti »: what that means
        elif not REFUSAL_REPLIES.isdisjoint(turn.last_answer()):
            hand_over(turn)
        elif not FALLBACK_REPLIES.isdisjoint(turn.last_answer()):
            turn.say("utter_ask_rephrase")  # none of what was offered
        elif other := question_beside_no(turn):
            turn.answer_next(other)  # « non en fait il me plaît pas du tout »: more is said than no
        else:
            turn.say("utter_declined")


def question_beside_no(turn: Turn) -> str | None:
    """The question in a « no » of many words, where there is one."""
    if len(turn.message.split()) < MIN_WORDS:
        return None
    return likeliest(turn.question_ranking, {turn.slot("question")})


class Stop(BotAction):
    def name(self) -> str:
        return "action_stop"

    async def answer(self, turn: Turn) -> None:
        turn.leave_form()
        turn.say("utter_stopped")


class SmallTalk(BotAction):
    """A greeting or a thank: what was offered before it is no longer what « oui » means."""

    def name(self) -> str:
        return "action_small_talk"

    async def answer(self, turn: Turn) -> None:
        # « vous êtes là ? » of someone in danger is no beginning.
        in_danger = turn.intent == "greet" and turn.slot("question") == DANGER
        turn.say("utter_danger" if in_danger else f"utter_{turn.intent}")
