"""A parcel damaged in transport: asks for the note on the slip and photos (DMG-1), then names the seller (DMG-2)."""

import re

from actions.base import BotAction, TopicAction, offer_later, say_question
from actions.corrections import answer_correction
from actions.turn import Turn
from actions.validation import NOT_NOTED, describes_intact_box, is_about_something_else, noted_in, photos_in

WHAT_TO_DO = "report_damaged_parcel/what_to_do"
BOX_INTACT = "report_damaged_parcel/box_intact"
NO_SLIP = "report_damaged_parcel/no_slip"
# For these questions, what the message says about slip and photos takes precedence over the classification.
PROOF_QUESTIONS = frozenset(f"report_damaged_parcel/{name}" for name in ("no_slip", "no_photos", "ready"))
READY, SURE_OF_READY = "report_damaged_parcel/ready", 0.9
OUTCOME = "report_damaged_parcel/outcome"
_CRUSHED = re.compile(
    r"\b(?:carton|colis|emballage|paquet)\b[^.!?]{0,25}\b(?:enfonc|[ée]cras|[ée]ventr|d[ée]chir|d[ée]fonc|ouvert|trou[ée])",
    re.IGNORECASE,
)
_TOO_LATE_TO_NOTE = re.compile(
    rf"{NOT_NOTED.pattern}|\bparti\w*|\bsign[ée]|\bhier\b|\bjours?\b|\btrop tard", re.IGNORECASE
)


class DamagedParcel(TopicAction):
    """Explains what a claim needs, and asks for the proofs that the message did not mention."""

    key = "damaged_parcel"

    async def answer_topic(self, turn: Turn, question: str) -> None:
        if turn.form == "damage_form" and question != BOX_INTACT and is_about_something_else(turn.message):
            answer_correction(turn)
            return
        noted, photos = noted_in(turn.message), photos_in(turn.message)
        turn.leave_form()
        if (described := _as_described(question, turn.message)) != question:
            question = described
            turn.set(question=question)
        if question == OUTCOME and turn.slot("slip_noted") is False:
            turn.say("utter_damage_outcome_unknown", photos=True)
            return
        mentioned = noted is not None or photos is not None
        if question == READY and noted is None and turn.slot("slip_noted") is False:
            turn.say("utter_damage_not_noted", photos=True)  # says what to write without a note on the slip
            return
        if noted is None and turn.slot("slip_noted") is False:
            noted = False  # the customer said so before, so the form does not ask again
        if mentioned and question == READY and turn.probability_of(question) >= SURE_OF_READY:
            noted, photos = noted is not False, photos is not False
        if question != WHAT_TO_DO and not (mentioned and question in PROOF_QUESTIONS):
            if question == NO_SLIP:
                turn.set(slip_noted=False)
            say_question(turn, question, photos=True)
            return
        turn.set(slip_noted=noted, photos_taken=photos)
        if noted is False and photos is None:
            say_question(turn, NO_SLIP, photos=True)  # this reply covers both cases, with and without photos
        elif noted is None or photos is None:
            say_question(turn, WHAT_TO_DO)
            turn.then("damage_form")
        else:
            turn.then("action_damage_outcome")


def _as_described(question: str, message: str) -> str:
    """The question corrected by how the message describes the box: intact or crushed."""
    if question in (WHAT_TO_DO, NO_SLIP) and describes_intact_box(message):
        return BOX_INTACT
    return WHAT_TO_DO if question == BOX_INTACT and _CRUSHED.search(message) else question


class DamageOutcome(BotAction):
    """Without both the note and the photos, the claim cannot be handled (DMG-1)."""

    def name(self) -> str:
        return "action_damage_outcome"

    async def answer(self, turn: Turn) -> None:
        noted, photos = turn.slot("slip_noted"), turn.slot("photos_taken")
        question = NO_SLIP if not noted else READY if photos else "report_damaged_parcel/no_photos"
        turn.set(question=question)
        # The damage can still be noted on the slip, unless the messages say that the driver has left or that days have
        # passed.
        texts = " ".join(event.get("text") or "" for event in turn.messages())
        can_note = question == NO_SLIP and not photos and not _TOO_LATE_TO_NOTE.search(texts)
        turn.say("utter_damage_note_now" if can_note else f"utter_{question}", photos=True)
        offer_later(turn)
