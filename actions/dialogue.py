"""Yes, no and stop: words that mean something only after what was said before; and small talk."""

from actions.base import BotAction
from actions.misunderstanding import ASKED_BACK, hand_to_a_person, likeliest
from actions.support import DANGER
from actions.turn import Turn

# What « oui » starts, for the offers that are no question.
OFFERS = {"look_up": "action_look_up", "leave_message": "action_leave_message"}
ACKNOWLEDGED = "affirm/ack"
# Answers about the proofs of a damage, to which a « non » says that there are none.
OF_PROOFS = frozenset({"report_damaged_parcel/no_slip", "report_damaged_parcel/no_photos"})
# A « no » of so many words says something else too.
FEWEST_WORDS = 5
SAID_NO = {"utter_declined", "utter_stopped"}


class Affirm(BotAction):
    """« Oui » takes what was offered; « ok, je vais voir » only notes what was said."""

    def name(self) -> str:
        return "action_affirm"

    async def answer(self, turn: Turn) -> None:
        offer = turn.slot("offer")
        if turn.form:
            return  # the form asks again for what it needs
        if turn.question == ACKNOWLEDGED:
            turn.say("utter_ack")
        elif offer in OFFERS:
            turn.then(OFFERS[offer])
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
        elif turn.slot("question") in OF_PROOFS:
            turn.say(f"utter_{turn.slot('question')}")  # « ben non, le livreur est reparti »: what that means
        elif not SAID_NO.isdisjoint(turn.last_answer()):
            hand_to_a_person(turn)
        elif not ASKED_BACK.isdisjoint(turn.last_answer()):
            turn.say("utter_ask_rephrase")  # none of what was offered
        elif other := said_besides(turn):
            turn.answer_next(other)  # « non en fait il me plaît pas du tout »: more is said than no
        else:
            turn.say("utter_declined")


def said_besides(turn: Turn) -> str | None:
    """The question in a « no » of many words, where there is one."""
    if len(turn.message.split()) < FEWEST_WORDS:
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
