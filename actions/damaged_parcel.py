"""A parcel damaged in transport: noted on the delivery slip? photos? (DMG-1), then the seller (DMG-2)."""

from actions.base import BotAction, TopicAction
from actions.turn import Turn


class DamagedParcel(TopicAction):
    """Says what a claim needs, and asks what the customer has of it."""

    stem = "damaged_parcel"

    async def about(self, turn: Turn) -> None:
        turn.set(slip_noted=None, photos_taken=None)
        turn.say("utter_damaged_parcel")
        turn.leave_form()
        turn.then("damage_form")


class DamageOutcome(BotAction):
    """One of four outcomes: without both the note and the photos, the claim cannot be handled (DMG-1)."""

    def name(self) -> str:
        return "action_damage_outcome"

    async def answer(self, turn: Turn) -> None:
        noted, photos = turn.slot("slip_noted"), turn.slot("photos_taken")
        outcome = {(True, True): "complete", (True, False): "no_photos", (False, True): "not_noted"}
        turn.say(f"utter_damage_{outcome.get((noted, photos), 'nothing')}")
