"""Short messages that mean something only after what was said before: « c'est où ? », « et si c'est trop tard ? ».

Which answer they get after each topic is data: follow_ups.yml.
"""

from functools import cache
from pathlib import Path

import yaml

from actions import contacts, responses, topics
from actions.base import BotAction, say_question
from actions.support import DANGER
from actions.turn import Turn

TABLE = Path(__file__).with_name("follow_ups.yml")
INTENT = "follow_up"
HOW_LONG = "how_long"
# Intents of their own that are follow-ups too.
KINDS = {"ask_duration": HOW_LONG, "clarify": "what", "no_access": "dont_have", "have_access": "other_case"}
# The slots of the forms → the rows of the table.
ASKED = {
    "order_number": "ask_order_number",
    "tradein_number": "ask_tradein_number",
    "email": "ask_email",
    "slip_noted": "ask_slip",
    "photos_taken": "ask_photos",
}
# A pair of number and address that was not found: what is asked then is about it.
NO_MATCH_REPLIES = frozenset({"utter_no_match_order_form", "utter_no_match_tradein_form", "utter_help/no_match/which"})
# After these the form does not ask again.
ENDS_FORM = frozenset(
    {"utter_help/identity/refuse", "report_damaged_parcel/no_slip", "report_damaged_parcel/no_photos"}
)
# Where no topic has a cell of its own, the answer before is said again, in other words, behind a sentence of these.
REPEATED = frozenset({"sure", "must_i", "why", "other_case", "what_if_not"})
# Without anything said before, the likeliest real question is answered from this probability on.
MIN_TO_ANSWER = 0.08


class FollowUp(BotAction):
    def name(self) -> str:
        return "action_follow_up"

    async def answer(self, turn: Turn) -> None:
        kind = KINDS.get(turn.intent) or turn.question.partition("/")[2] or "more"
        asked = ASKED.get(turn.slot("requested_slot") or "") if turn.form else None
        if turn.form == "handover_form":
            asked = None
        elif not NO_MATCH_REPLIES.isdisjoint(turn.last_answer()):
            asked = "no_match"
        before = turn.slot("question")
        turn.set(offer=turn.slot("offer"))  # what was offered with the answer before still stands
        if before == DANGER:
            turn.say("utter_danger")  # nothing is said beside it
            return
        if kind == "more" and before and f"utter_more/{before}" in responses.load():
            turn.say(f"utter_more/{before}")
            return
        if not asked and not before:
            first_message(turn, kind)
            return
        found = cell(kind, asked, before)
        if found == f"utter_follow_up/{kind}" and kind in REPEATED and f"utter_{before}" in responses.load():
            turn.lead_with(f"utter_lead/{kind}")
            say_question(turn, before, line=contacts.line())
            return
        if found in ENDS_FORM:
            turn.leave_form()
        if found.startswith("utter_"):
            turn.say(found)
        elif found.startswith("action_"):
            turn.then(found)
        else:
            # « c'est où ? » of a withdrawal is answered with the way to the seller, and stays about the withdrawal.
            apart = before and topics.intent_of(found) != topics.intent_of(before)
            turn.set(answered_for=before if apart else None)
            turn.answer_next(found)


def first_message(turn: Turn, kind: str) -> None:
    """A follow-up of nothing: the likeliest question, or what it could be about."""
    likely = [
        question
        for question, probability in turn.question_ranking
        if probability >= MIN_TO_ANSWER and topics.intent_of(question) in topics.TOPIC_KEYS
    ]
    if likely:
        turn.answer_next(likely[0])
    elif kind == HOW_LONG:
        turn.say("utter_follow_up/how_long_of_what")
    else:
        say_question(turn, f"{INTENT}/{kind}")


def cell(kind: str, asked: str | None, before: str | None) -> str:
    """The table's cell for a follow-up where a form asks for something, or else after the question before."""
    rows = [asked, before, topics.intent_of(before or ""), "default"]
    return next(found for row in rows if row and (found := table().get(row, {}).get(kind)))


@cache
def table() -> dict[str, dict[str, str]]:
    """{what was said before: {kind of follow-up: a question, or the name of a reply or an action}}."""
    loaded: dict[str, dict[str, str]] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return loaded
