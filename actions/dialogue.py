"""Yes, no and stop, which depend on what the bot said before; and small talk."""

import re

from actions.base import BotAction
from actions.corrections import FALLBACK_REPLIES, answer_correction, hand_over
from actions.danger import DANGER
from actions.follow_ups import INTENT as FOLLOW_UP
from actions.follow_ups import follow_up
from actions.turn import Turn
from actions.validation import is_about_something_else
from shop.said_dates import read
from shop.unicode import without_accents

# Offer → the action that « oui » starts. Every other offer is a question, which is then answered.
OFFER_ACTIONS = {"look_up": "action_look_up", "leave_message": "action_leave_message"}
ACKNOWLEDGEMENT = "affirm/ack"
_WAIT = re.compile(
    r"\b(?:atten\w+|cherch\w+|retrouv\w+|second\w*|minutes?|instant|patient\w+)\b|\b\d ?(?:sec|min)", re.IGNORECASE
)
# Below this probability, the message is more likely something that was not understood than an acknowledgement.
MIN_FOR_OK = 0.35
# « Ok, envoyé. Et si dans 3 jours rien ? », but not « si vous ne pouvez rien faire, tant pis »
_AND_IF_NOTHING = re.compile(r"\bsi\b(?! (?:vous|tu)\b).{0,40}\b(?:rien|pas)\b")
# « Ok, donc demain ? »
_DAY = re.compile(
    r"\b(?:demain|apres[- ]demain|aujourd'?hui|ce soir|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|semaine)\b"
)
# Answers that say no to most customers.
DISAPPOINTING = frozenset(
    f"ask_return_conditions/{question}" for question in ("personalised", "too_late", "refused", "excluded")
)
MIN_WORDS_OF_REGRET = 3
# « Ok, regardez » accepts the offer; « ok » alone only acknowledges.
_GO_AHEAD = re.compile(
    r"\b(?:regarde[zr]?|v[ée]rifie[zr]?|all(?:ez|er|é|e)[- ]?y|vas?[- ]?y|faites|fais|dites|dis|donne[zr]?|montre[zr]?"
    r"|go|oui|ouais|volontiers|je veux bien|avec plaisir)\b",
    re.IGNORECASE,
)
# Answers about missing proofs of a damage. « non » after one of them confirms that there are none.
PROOF_QUESTIONS = frozenset({"report_damaged_parcel/no_slip", "report_damaged_parcel/no_photos"})
# A « no » of these words only has no further content: « non merci, c'est bon pour moi, bonne journée ».
CLOSING = frozenset(
    {
        "ai", "alors", "au", "aucun", "aucune", "aujourd", "autre", "autres", "beaucoup", "besoin", "bien",
        "bon", "bonne", "bye", "ca", "ce", "cela", "chose", "ciao", "de", "desole", "desolee", "dommage", "du",
        "encore", "est", "grave", "helas", "hui", "il", "infiniment", "instant", "ira", "jamais", "je",
        "journee", "la", "le", "madame", "maintenant", "malheureusement", "meme", "merci", "moi", "moment",
        "monsieur", "nan", "ne", "nn", "no", "non", "nope", "ok", "okay", "parfait", "pas", "peine", "pis",
        "plait", "plus", "pour", "quand", "question", "questions", "revoir", "rien", "sera", "soiree", "suffit",
        "suis", "svp", "tant", "tard", "toujours", "tout", "va", "vous", "vraiment",
    }
)  # fmt: skip
_LEAVES_REQUEST = re.compile(
    r"\b(?:laiss|envo[iy]|transm|pren|not|fai|d[ée]pos)\w*\s+(?:\S+\s+){0,2}(?:demande|message|mot)\b(?! tomber)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_INSISTS = re.compile(r"\b(?:environ|[àa] peu pr[èe]s|approximat\w+|en gros|une id[ée]e|un ordre)\b", re.IGNORECASE)
# « Allo ? » in the middle of a conversation
_CALLS = re.compile(
    r"\ball?[oô]+\b|\b(?:vous [êe]tes|t['’]es|tu es|es[- ]tu) (?:encore |toujours )?l[àa]\b|\bquelqu", re.I
)
# Thanks that complain: « merci pour rien », « merci mais tu sais pas grand-chose ».
_IRONY = re.compile(
    r"\bmerci (?:pour rien|quand m[êe]me)|\bmerci\b.{0,25}\b(?:compliqu|la gal[èe]re|bravo)|\bpay[ée] pour rien\b"
    r"|\b(?:mais|pas|rien)\b[^.!?]{0,40}\b(?:grand[- ]?chose|aid\w+|avanc\w+|utile"
    r"|serv\w+|sais|savez|comprends|comprenez|r[ée]pond\w*)"
    r"|\b(?:inutile|nul|sert à rien|bravo le service|super le service)\b",
    re.IGNORECASE,
)
REFUSAL_REPLIES = {"utter_declined", "utter_stopped", "utter_gave_up"}


class Affirm(BotAction):
    """« Oui » accepts the offer; « ok, je vais voir » only acknowledges the answer."""

    def name(self) -> str:
        return "action_affirm"

    async def answer(self, turn: Turn) -> None:
        offer = turn.slot("offer")
        if turn.form:
            return  # the form asks again
        if turn.question == ACKNOWLEDGEMENT and _AND_IF_NOTHING.search(read(turn.message)) and turn.refers_to:
            follow_up(turn, f"{FOLLOW_UP}/no_answer", [])  # « ok, envoyé. Et si dans 3 jours rien ? »
        elif turn.question == ACKNOWLEDGEMENT and _asks_day_of_parcel(turn):
            turn.answer_next("where_is_parcel/when")  # « ok, donc demain ? »
        elif turn.question == ACKNOWLEDGEMENT and not (offer and _GO_AHEAD.search(turn.message)):
            acknowledge(turn)
        elif offer in OFFER_ACTIONS:
            turn.then(OFFER_ACTIONS[offer])
        elif offer:
            turn.set(offer=None)
            turn.answer_next(offer)
        else:
            turn.say("utter_anything_else")


def _asks_day_of_parcel(turn: Turn) -> bool:
    of_parcel = turn.slot("topic") in ("parcel", "tracking")
    return of_parcel and "?" in turn.message and bool(_DAY.search(read(turn.message)))


def acknowledge(turn: Turn) -> None:
    """Acknowledge an « ok ». After a disappointing answer (« bon, dommage »), with regret.

    After « attendez, je cherche », say that there is time. After « jé un pb », which is hardly an « ok », ask to
    rephrase.
    """
    # The probabilities are added: « je leur écris alors, merci hein » is an « ok », thanks and a goodbye at once.
    if sum(map(turn.probability_of, (ACKNOWLEDGEMENT, "thank", "goodbye"))) < MIN_FOR_OK:
        turn.say("utter_ask_rephrase")
    elif _WAIT.search(turn.message):
        turn.say("utter_take_your_time")
    elif turn.slot("question") in DISAPPOINTING and len(turn.message.split()) >= MIN_WORDS_OF_REGRET:
        turn.say("utter_ack_regret")
    else:
        turn.say("utter_ack")


class Deny(BotAction):
    """« Non » declines an offer or stops a form; a second « non » in a row leads to a person."""

    def name(self) -> str:
        return "action_deny"

    async def answer(self, turn: Turn) -> None:
        corrects = says_more(turn.message)
        if turn.form and not corrects:
            stop(turn)
        elif turn.slot("question") == DANGER:
            turn.say("utter_danger")
        elif turn.slot("question") in PROOF_QUESTIONS and not is_about_something_else(turn.message):
            # « ben non, le livreur est reparti »: explain what that means for the claim
            turn.say(f"utter_{turn.slot('question')}")
        elif corrects and _INSISTS.search(turn.message):
            turn.say("utter_nothing_more_precise")
        elif corrects:
            answer_correction(turn)
        elif not REFUSAL_REPLIES.isdisjoint(turn.last_answer()):
            hand_over(turn)
        elif not FALLBACK_REPLIES.isdisjoint(turn.last_answer()):
            turn.say("utter_ask_rephrase")  # the customer wants none of the offered questions
        else:
            turn.say("utter_declined")


def says_more(message: str) -> bool:
    """Whether a « no » has further content: « non le nom », but not « non merci, c'est bon »."""
    return not message.startswith("/") and not CLOSING.issuperset(_WORD.findall(without_accents(message)))


class Stop(BotAction):
    def name(self) -> str:
        return "action_stop"

    async def answer(self, turn: Turn) -> None:
        if _LEAVES_REQUEST.search(turn.message):
            turn.then("action_leave_message")  # « ok, laisse une demande alors » accepts an offer
        else:
            stop(turn)


def stop(turn: Turn) -> None:
    """End the form, and reset the question of the look-up: a number that follows then asks for the order's status.

    Outside a form, also say how to reach a person, because the question may still be open (CON-1, CON-2).
    """
    reply = "utter_stopped" if turn.form or turn.slot("question") == DANGER else "utter_gave_up"
    turn.leave_form()
    turn.set(lookup_question=None)
    turn.say(reply)


class SmallTalk(BotAction):
    """A greeting or thanks. It cancels the offer, so that a later « oui » no longer accepts it."""

    def name(self) -> str:
        return "action_small_talk"

    async def answer(self, turn: Turn) -> None:
        # « vous êtes là ? » from someone in danger is not a greeting.
        in_danger = turn.intent == "greet" and turn.slot("question") == DANGER
        if turn.intent == "greet" and turn.slot("question") and not in_danger and _CALLS.search(turn.message):
            turn.say("utter_still_here")
            return
        complains = turn.intent == "thank" and _IRONY.search(turn.message)
        turn.say("utter_danger" if in_danger else "utter_thank_regret" if complains else f"utter_{turn.intent}")
