"""Short messages that depend on the previous answer: « c'est où ? », « et si c'est trop tard ? ».

follow_ups.yml maps the previous answer and the kind of follow-up to an answer.
"""

import re
from collections.abc import Set
from functools import cache
from pathlib import Path

import yaml

from actions import contacts, responses, tone, topics
from actions.base import BotAction, chain_to, say_question
from actions.danger import DANGER, stays_in_danger
from actions.device_accounts import answer_from_elsewhere, answer_without_access
from actions.lookup_base import ORDER
from actions.reinterpretation import included
from actions.templates import matter_of, template_of
from actions.turn import Turn
from actions.unsure import is_unsure, say_unknown
from actions.word_rules import SHOP, meant_by_words

TABLE = Path(__file__).with_name("follow_ups.yml")
INTENT = "follow_up"
HOW_LONG = "how_long"
# Other intents that are treated as follow-ups.
KINDS = {"ask_duration": HOW_LONG, "clarify": "what", "no_access": "dont_have", "have_access": "other_case"}
# The requested slot → the row of the table.
ASKED = {
    "order_number": "ask_order_number",
    "tradein_number": "ask_tradein_number",
    "email": "ask_email",
    "slip_noted": "ask_slip",
    "photos_taken": "ask_photos",
}
# These answers end the form.
ENDS_FORM = frozenset(
    {"utter_help/identity/refuse", "report_damaged_parcel/no_slip", "report_damaged_parcel/no_photos"}
)
# Answers that only say to write to the seller.
SELLER = "utter_follow_up/seller"
_TO_SELLER = frozenset({SELLER, "contact_seller/how"})
# A cell with this value repeats the previous answer in other words, after an introduction (utter_lead/…).
REPEAT = "repeat"
# Only a text like this is answered with « Oui, c'est bien cela ». « C'est votre erreur ! » is classified as a doubt
# too, but that answer would admit it.
_ASKS_TO_CONFIRM = re.compile(
    r"\bs[uû]re?s?\b|\bcertain|\bvrai|\bconfirm|\bexact|\bofficiel|\bs[ée]rieu|\bah bon|\bc['’ ]?est (?:ça|ca|bien)\b"
    r"|\b(?:dit|lu|écrit|marqué)\b|\bloi\b",
    re.IGNORECASE,
)
# « Pourtant le livreur m'a dit que c'était automatique »: a yes would confirm what the driver said.
_CONTRADICTS = re.compile(
    r"\bpourtant\b|\bque (?:non|oui|si)\b|\bcontraire\b|\binverse\b|\balors que\b|\bfaux\b|\bpas vrai\b"
    r"|\b(?:m['’ ]?a|m['’]ont|ils?|elle|on) (?:m['’]ont |m['’]a )?(?:dit|dis|affirm\w+|assur\w+|répondu)\b",
    re.IGNORECASE,
)
# « je fais quoi en premier ? »
_FIRST = re.compile(r"\bpremier\b|\bd['’ ]?abord\b|\bcommenc\w+", re.IGNORECASE)
# « ok, et je fais ça comment ? »
_DOES_IT = re.compile(
    r"\b(?:je|on) (?:le |la )?fai[st] (?:[çc]a |cela )?(?:comment|o[uù])\b"
    r"|\b(?:comment|o[uù]) (?:je|on) (?:le |la )?fai[st]\b",
    re.IGNORECASE,
)
# « Et s'il ne répond pas ? »
_SILENT = re.compile(
    r"\br[ée]pond\w* (?:pas|plus|rien|jamais)|\bpas de (?:r[ée]ponse|nouvelle)|\bsilence\b", re.IGNORECASE
)
# « Et la TVA ? Vous n'avez pas répondu »
_BOT_DID_NOT = re.compile(
    r"\b(?:vous|tu) (?:ne |n['’])?(?:m['’])?(?:avez|as) (?:toujours )?(?:pas|point|rien) r[ée]pondu", re.I
)
_SELLER_BUTTON = re.compile(r"\bcontacter le vendeur\b", re.IGNORECASE)
# Minimum probability of the question that answers a follow-up at the start of a conversation.
MIN_TO_ANSWER = 0.08
# Minimum probability of the question that « combien de temps » asks instead of the previous one.
MIN_NAMED = 0.25


class FollowUp(BotAction):
    def name(self) -> str:
        return "action_follow_up"

    async def answer(self, turn: Turn) -> None:
        """Answer the follow-up; the message may have other questions before or after it."""
        pending = turn.pending_questions()
        question, *further = pending or turn.questions
        if stays_in_danger(turn):
            turn.say("utter_danger")  # and no other reply
            return
        if turn.refers_to == DANGER:
            turn.set(question=None)
            turn.say("utter_repair_what")
            return
        if not pending and tone.complains_of_loop(turn):
            turn.say("utter_said_enough")
            return
        if not pending and (meant := _another_question(turn, question)):
            turn.answer_next(meant, further)
            return
        if not pending and is_unsure(turn, question):
            say_unknown(turn)
            return
        follow_up(turn, question, further, after_answer=bool(pending))
        if not turn.has_next:
            chain_to(turn, further)


def _another_question(turn: Turn, question: str) -> str | None:
    """The question that the words of a follow-up mean, if they mean one."""
    meant = meant_by_words(turn, question, turn.refers_to or "", mentions_order=False)
    if meant != question:
        return meant if topics.is_support(meant) else None
    # « Et pour la TVA ? Vous n'avez pas répondu »: the bot, not the seller.
    if question == f"{INTENT}/no_answer" and _BOT_DID_NOT.search(turn.message):
        return next((one for one, share in turn.question_ranking if share >= MIN_TO_ANSWER and _has_topic(one)), None)
    return None


def _has_topic(question: str) -> bool:
    return topics.is_support(question)


def _kind_by_words(turn: Turn, kind: str) -> str:
    """The kind of follow-up: « et s'il ne répond pas ? » is `no_answer`, even if classified as `what_if_not`."""
    if kind == "what_if_not" and _SILENT.search(turn.message):
        return "no_answer"
    return kind


def follow_up(turn: Turn, question: str, further: list[str], *, after_answer: bool = False) -> None:
    """Answer the follow-up `question`, or pass the question that answers it and the `further` ones to the next action.

    `after_answer`: the follow-up is about the question before it in the same message. It is skipped if the answer to
    that question already includes the answer to the follow-up.
    """
    intent, _, name = question.partition("/")
    kind = _kind_by_words(turn, KINDS.get(intent) or name or "more")
    asked = ASKED.get(turn.slot("requested_slot") or "") if turn.form and turn.form != "handover_form" else None
    before = turn.slot("question") if after_answer else turn.refers_to
    if before == SHOP and _DOES_IT.search(turn.message):
        before = matter_of(turn) or before  # the matter before an unanswerable question
    said = last_said(turn) if before == turn.slot("question") and not after_answer else set()
    if before:
        turn.set(question=before, topic=topics.TOPIC_KEYS.get(topics.intent_of(before), turn.slot("topic")))
    turn.set(offer=turn.slot("offer"))  # the previous offer stays valid
    if not asked and (answer_from_elsewhere(turn) or answer_without_access(turn, kind)):
        return
    if kind == "template":
        if template := template_of(turn):
            turn.say(template, number=_number(turn))
            return
        before = matter_of(turn) or before
    if kind == "not_there" and _SELLER_BUTTON.search(turn.message):
        turn.say("utter_follow_up/seller_button")
        return
    if kind == "then" and _FIRST.search(turn.message):
        kind = "how"
    more = f"utter_more/{before}"
    if kind == "more" and not asked and more in responses.load() and more not in said:
        turn.say(more)
        return
    if not (asked or before or said & table().keys()):
        first_message(turn, kind)
        return
    if kind == HOW_LONG and not after_answer and (named := _named_question(turn)):
        turn.answer_next(named, further)
        return
    found = cell(kind, asked, before, said)
    if found == SELLER and ORDER.is_complete(turn):
        found = "contact_seller/who"  # the looked-up order names the seller
    if after_answer and _is_included(found, before or ""):
        return
    if kind == "dont_have" and found.startswith("utter_help/"):
        again = found in turn.last_answer()
        found = found.replace("/where", "/without") if again else found
        if again or found != "utter_help/email/where":
            turn.leave_form()  # the customer has to look for the value first, so end the form
    if found == REPEAT:
        repeat(turn, kind, before)
        return
    if found in ENDS_FORM:
        turn.leave_form()
    if found.startswith("utter_"):
        turn.say(found, number=_number(turn))
    elif found.startswith("action_"):
        turn.then(found)
    else:
        # « c'est où ? » about a withdrawal is answered with how to contact the seller, but the topic remains the
        # withdrawal.
        is_other_topic = before and topics.intent_of(found) != topics.intent_of(before)
        turn.set(answered_for=before if is_other_topic else None)
        turn.answer_next(found, further)


def _number(turn: Turn) -> str:
    """The order number for a sentence to copy, or a placeholder."""
    return str(turn.slot(ORDER.number_slot)) if ORDER.is_complete(turn) else "(numéro)"


def _is_included(found: str, before: str) -> bool:
    """Whether the answer to `before` includes the answer `found`: « ma télé est en panne, je m'adresse à qui ? »."""
    texts = (variation["text"] for variation in responses.load().get(f"utter_{before}", []))
    names_seller = found in _TO_SELLER and any("vendeur" in text for text in texts)
    return found in (REPEAT, before) or found in included().get(before, ()) or names_seller


def _named_question(turn: Turn) -> str | None:
    """« et pour les sous, c'est long ? » after a withdrawal: the words name another question than the previous one."""
    for question, probability in turn.question_ranking:
        if probability >= MIN_NAMED and topics.is_support(question):
            return question
    return None


def first_message(turn: Turn, kind: str) -> None:
    """Answer a follow-up at the start of a conversation: with the likeliest question, or by asking what it is about."""
    likely = [
        question
        for question, probability in turn.question_ranking
        if probability >= MIN_TO_ANSWER and topics.is_support(question)
    ]
    if likely:
        turn.answer_next(likely[0])
    elif kind == HOW_LONG:
        turn.say("utter_follow_up/how_long_of_what")
    else:
        say_question(turn, f"{INTENT}/{kind}")


def last_said(turn: Turn) -> set[str]:
    """The replies that the follow-up is about: the last ones that were not themselves answers to a follow-up."""
    answers = (said for said in turn.answers() if not all(name.startswith(f"utter_{INTENT}/") for name in said))
    return next(answers, set())


def repeat(turn: Turn, kind: str, before: str | None) -> None:
    """Give the previous answer in other words."""
    if f"utter_{before}" not in responses.load():
        turn.say(f"utter_{INTENT}/{kind}")
        return
    if kind == "sure" and _CONTRADICTS.search(turn.message):
        turn.lead_with("utter_lead/contradicted")
    elif kind != "sure" or _ASKS_TO_CONFIRM.search(turn.message):
        turn.lead_with(f"utter_lead/{kind}")
    say_question(turn, before or "", line=contacts.line())


def cell(kind: str, asked: str | None, before: str | None, said: Set[str] = frozenset()) -> str:
    """The cell of the most specific row: what the form asks for, the previous replies, the previous question, its topic
    or the default.
    """
    rows = [asked, *sorted(said), before, topics.intent_of(before or ""), "default"]
    return next(found for row in rows if row and (found := table().get(row, {}).get(kind)))


@cache
def table() -> dict[str, dict[str, str]]:
    """{row: {kind of follow-up: its cell}}, as the file explains."""
    loaded: dict[str, dict[str, str]] = yaml.load(TABLE.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return loaded
