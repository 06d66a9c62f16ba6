"""How to reach a person: phone with opening hours, e-mail, and the offer to leave a request (CON-1, CON-2, CON-5)."""

from actions import responses
from actions.turn import Turn
from shop import clock, formatting
from shop.rules import phone_line


def line() -> str:
    """« la ligne est ouverte en ce moment », or when it opens next."""
    now = clock.now()
    if phone_line.is_open(now):
        return _text("utter_line_open")
    return _text("utter_line_closed").format(next_opening=formatting.opening(phone_line.next_opening(now), now))


def give_contacts(turn: Turn, question: str = "contact_support/contact") -> None:
    """Say how to reach a person, and whether the phone line is open now or when it opens next."""
    turn.say(f"utter_{question}", line=line())
    turn.set(offer="leave_message")


def _text(name: str) -> str:
    return str(responses.load()[name][0]["text"])
