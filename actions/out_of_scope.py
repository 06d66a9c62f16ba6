"""Questions outside the bot's scope: says so in one sentence, and refers to somebody who can answer."""

import re
from functools import cache
from pathlib import Path

import yaml

from actions import tone, topics
from actions.base import BotAction, chain_to, say_question
from actions.danger import DANGER, stays_in_danger
from actions.tradein_cancellation import STATE as TRADEIN_STATE
from actions.turn import SURE, Turn
from actions.word_rules import SHOP, TRADEIN, is_about_payment, meant_by_words
from shop.said_dates import read

SUBJECTS = Path(__file__).with_name("unknown_subjects.yml")
INSULT, OTHER = "out_of_scope/insult", "out_of_scope/other"
_ASKS_STATE = re.compile(
    r"\bo[uù] en (?:est|es)\b.{0,20}\breprise\b|\b(?:suivre|statut de|[ée]tat de) (?:ma|la|une) reprise\b"
    r"|\bma reprise\b.{0,15}\bo[uù]\b",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[?!.,;\n]|\b(?:et|ou)\b")
# « Quel colis ? Je parle de ma banque »
_CORRECTED = re.compile(r"\bje (?:vous |te |t['’])?parl\w+ (?:de |du |des |d['’])(.+)", re.IGNORECASE | re.DOTALL)
MAX_SUBJECTS = 2
# General subjects: left out of a list of several, because their words occur in other subjects too.
GENERAL = frozenset({"les prix", "les produits et leurs caractéristiques", "à quel prix un appareil est repris"})
# « Je n'ai pas d'information sur les prix, ni sur le stock », « je ne sais pas qui paie l'envoi, ni … »
_JOINED = {SHOP: ", ni sur ", TRADEIN: ", ni "}


class OutOfScope(BotAction):
    def name(self) -> str:
        return "action_out_of_scope"

    async def answer(self, turn: Turn) -> None:
        if stays_in_danger(turn):
            turn.say("utter_danger")  # « vous pouvez m'aider ? » is about the danger
            return
        if turn.refers_to == DANGER:
            turn.set(question=None)
            turn.say("utter_repair_what")  # « mais je parle d'un collier ! »
            return
        if tone.complains_of_loop(turn):
            turn.say("utter_said_enough")
            return
        question, *further = turn.pending_questions() or turn.questions
        angry = tone.angry(turn.message)
        if (question == INSULT and turn.probability_of(INSULT) >= SURE) or (angry and question in (INSULT, OTHER)):
            turn.say("utter_insult", others=[topics.button(other) for other in turn.alternatives(INSULT)])
            return
        question = OTHER if question == INSULT else question
        meant = meant_by_words(turn, question, turn.slot("question") or "", mentions_order=False)
        if topics.is_support(meant):
            turn.answer_next(meant, further)
            return
        question = meant
        if question == TRADEIN and _ASKS_STATE.search(turn.message):
            turn.set(lookup_question=TRADEIN_STATE)
            turn.then("action_look_up")  # « où en est ma reprise ? »: its number leads to its status
            return
        if question == SHOP and is_about_payment(turn):
            further = [one for one in further if topics.intent_of(one) != "ask_refund"]  # nothing was sent back
        tone.apologise(turn, turn.question)
        turn.set(question=question)
        say_question(turn, question, subject=subjects_of(question, turn.message))
        chain_to(turn, further)


def subjects_of(question: str, text: str) -> str | None:
    """What the text asks, as the question's reply names it: « les prix, ni sur la livraison »; None if nothing matches.

    Each part of the text is looked at, because « en stock, et il y a un code promo ? » asks two things.
    """
    if corrected := _CORRECTED.search(text):
        text = corrected[1] if _subject_of(question, corrected[1]) else text
    whole = _subject_of(question, text)
    of_parts = [_subject_of(question, part) for part in _PARTS.split(text)]
    named = [subject for subject in dict.fromkeys(of_parts) if subject and subject not in GENERAL][:MAX_SUBJECTS]
    return _JOINED[question].join(named) if len(named) > 1 else whole


def _subject_of(question: str, text: str) -> str | None:
    plain = read(text)
    return next((subject for subject, words in _subjects().get(question, []) if words.search(plain)), None)


@cache
def _subjects() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    loaded: dict[str, dict[str, str]] = yaml.load(SUBJECTS.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return {
        question: [(subject, re.compile(words)) for subject, words in subjects.items()]
        for question, subjects in loaded.items()
    }
