"""The way to a person: phone with its hours, e-mail, post, and the offer to leave a request (CON-1 to CON-5)."""

from actions import french
from actions.turn import Turn
from shop import clock
from shop.rules import phone_line


def give_contacts(turn: Turn) -> None:
    """Say how to reach a person, and whether the phone line is open now or when it opens next."""
    now = clock.now()
    if phone_line.is_open(now):
        turn.say("utter_contacts_open")
    else:
        turn.say("utter_contacts_closed", next_opening=french.opening(phone_line.next_opening(now), now))
    turn.set(offer="leave_message")
