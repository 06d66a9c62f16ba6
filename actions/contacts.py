"""How to reach a person: here, by phone with its hours, by e-mail, or by a request (CON-1, CON-2, CON-5)."""

import re
from datetime import datetime
from typing import Any

from actions import responses, wordings
from actions.phone_hours import first_sentence
from actions.turn import Turn
from chat.handover import HandOverReason, ateam_is_available
from shop import clock, formatting
from shop.rules import phone_line

# Questions whose reply shows the card with the ways to contact a person.
WITH_CARD = frozenset(f"contact_support/{name}" for name in ("contact", "phone", "hours", "email", "no_answer"))
# With a day or a time in the message, these questions are about the hours.
ABOUT_HOURS = frozenset(f"contact_support/{name}" for name in ("hours", "phone", "holiday"))
TODAY, NOW = "aujourd’hui", "en ce moment"
_HOLIDAY = re.compile(r"\bf[ée]ri[ée]", re.IGNORECASE)
# « Je veux pas donner mon mail », « pas mail, je veux au tel », while the form of a request asks for the e-mail.
_NO_EMAIL = re.compile(
    r"\b(?:pas|plus|aucune?|sans|ni|refus\w*|autre chose que)\b.{0,25}\b(?:e-?mail|mail|adresse|courriel)\b"
    r"|\b(?:au|par|veux? un) (?:t[ée]l\w*|phone|appel)\b|\brappel\w*",
    re.IGNORECASE,
)


def line() -> str:
    """A French clause that says whether the phone line is open, and when it opens next; unknown on public holidays."""
    now = clock.now()
    if phone_line.is_open(now):
        return responses.text("utter_line_open")
    next_opening = formatting.opening(phone_line.next_opening(now), now)
    holiday = phone_line.holiday_ahead(now)
    if holiday is None:
        return responses.text("utter_line_closed", next_opening=next_opening)
    if holiday == clock.paris_date(now):
        return responses.text("utter_line_holiday", next_opening=next_opening)
    name = formatting.relative_day(holiday, now)
    return responses.text("utter_line_before_holiday", next_opening=next_opening, holiday=name)


def card() -> dict[str, Any]:
    """The state of the phone line as codes; `until` is the ISO datetime of its closing or of its next certain opening.

    If a public holiday comes first, it is unknown whether the line opens earlier.
    """
    now = clock.now()
    if phone_line.is_open(now):
        closing = datetime.combine(clock.paris_date(now), phone_line.CLOSES, clock.PARIS)
        return {"kind": "contact", "line": "open", "until": closing.isoformat()}
    state = "closed" if phone_line.holiday_ahead(now) is None else "unknown"
    return {"kind": "contact", "line": state, "until": phone_line.next_opening(now).isoformat()}


def give_contacts(turn: Turn, question: str = "contact_support/contact") -> None:
    """Say how to reach a person, and whether the phone line is open or when it opens next; offer a request."""
    if question in ABOUT_HOURS and _HOLIDAY.search(turn.message):
        question = "contact_support/holiday"
    reply = wordings.reply_to(question, turn.message)
    about_hours = question in ABOUT_HOURS and reply == f"utter_{question}"
    first = first_sentence(turn.message, clock.now()) if about_hours else None
    values: dict[str, Any] = {"line": line(), "card": card() if question in WITH_CARD or first else None}
    if first:
        # The card says when the line opens, so do not repeat « aujourd’hui » or « en ce moment ».
        repeats = TODAY in first or NOW in first
        turn.say("utter_hours_at", first=first, **values | {"line": None if repeats else values["line"]})
    else:
        turn.say(reply, **values)
    turn.set(offer="leave_message")


def refuses_email(turn: Turn) -> bool:
    """Whether the customer does not want to give the e-mail that a request needs."""
    asked = turn.form == "handover_form" and turn.slot("requested_slot") == "email"
    return asked and not turn.entity("email") and bool(_NO_EMAIL.search(turn.message))


def stop_request(turn: Turn) -> None:
    """End the request: the team answers it by e-mail only (CON-5); by phone, the customer calls (CON-1)."""
    turn.leave_form()
    turn.say("utter_request_without_email", line=line())


async def connect(turn: Turn, reason: HandOverReason, reply: str = "utter_queue") -> bool:
    """Put the customer into the queue for an agent; return False if no agent is available.

    `chat` stores the queue's state with the answer (chat/conversations.py).
    """
    if not await ateam_is_available(turn.conversation):
        return False
    turn.say(reply, handover=reason.value)
    return True
