"""Classifies the days in a customer's message: the reception, a credit's signature, the return, or a proposal.

The nearest word decides: « reçu le 17, je peux le rendre jusqu'au 1er ? » has a reception and a proposal. A day that
was used for an answer is stored in the slot `said_days`; one that was only mentioned is extracted again from the latest
messages.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any

from actions.turn import Turn
from shop import clock
from shop.said_dates import SaidDate, read, said_dates

# NOTIFIED is the day on which the customer notified the seller. It has no words below: deadlines.py stores it.
RECEIVED, SIGNED, RETURNED, ORDERED, PROPOSED, UNNAMED, NOTIFIED = (
    "received",
    "signed",
    "returned",
    "ordered",
    "proposed",
    "unnamed",
    "notified",
)
# Kind → its words. If the same words match several kinds, the first one applies.
_WORDS = {
    RETURNED: re.compile(
        # « j'ai renvoyer le 3 », « le vendeur l'a reçu le 10 », « mon retour est arrivé »
        r"\b(?:renvoye|retourne)e?s?\b|\brendue?s?\b|\b(?:ai|a|avons|est|etait)\s+(?:deja |bien )?(?:renvoy|retourn)\w*"
        r"|\b(?:vendeurs?|ils?|elle|vous|entrepot|pixmania)\b[^,.;!?]{0,20}?\b(?:recue?s?|recupere|receptionne)\w*"
        r"|\bretour\b[^,.;!?]{0,15}?\b(?:arrive|recu|livre|fait|recupere)\w*|\bchez (?:le vendeur|vous)"
    ),
    SIGNED: re.compile(r"\bsign\w+|\bcontrat\b[^,.;!?]{0,15}\b(?:du|date)\b|\bcredit du\b"),
    ORDERED: re.compile(r"\bcommande\w*|\bachet\w*|\bachat\b|\bpaye\w*|\bexpedi\w*|\bparti\b"),
    RECEIVED: re.compile(
        r"\b(?:re[cs]ue?s?|recept\w+|livre\w*|livraison|arriv\w+|recuper\w+|recevr\w+|recoi\w+|retiree?s?|depuis)\b"
        r"|\bviens (?:juste )?de (?:l'|le |la |les )?(?:avoir|recevoir|recuperer)\b"
        r"|\b(?:ai|a) eu\b|\beu (?:mon|le|la|ma|mes|les)\b|\ba partir d|\bpart(?:ent)? d"
        # « ça fait 8 jours que je l'ai »
        r"|\bque (?:je|on) (?:l'|les? |la )? ?(?:ai|a|avons)\b(?! (?:r?envoy|retourn|prevenu|ecrit|command|pay))"
    ),
    PROPOSED: re.compile(
        r"\bjusqu(?!' ?a (?:quel|quand|kan|combien))|\bavant\b(?![- ]hier)|\bd'ici\b|\bpour le\b"
        r"|\blimite\b|\bdernier\w* (?:delai|jour)|\bplus tard\b"
        r"|\becri\w*|\bprev[ie]\w*|\benvo\w+|\brendre\b|\brenvoie\b|\brenvoyer\b|\bretourner\b|\bretracte\w*|\bdonc\b|\bfini\w*"
    ),
}  # fmt: skip
# The distance of a word from a day is the number of characters between them: multiplied by this if the word follows the
# day, and increased by this for each punctuation mark or conjunction between them.
_AFTER, _APART = 2, 15
_SEPARATOR = re.compile(r"[,;.!?]|\b(?:et|puis|mais|donc)\b")
_CORRECTION = re.compile(
    r"^\W*(?:non|pardon|nan|oups|erreur|ah non)\b|\bje me suis trompe|\bplutot\b|\ben fait\b|\bc'etait\b"
)
_ALREADY = re.compile(r"\b(?:ai|a|as|avons|ont) (?:deja |bien |lui )?(?:ecrit|prevenu|envoye)|\betai(?:t|s)\b")
# « si je le reçois vendredi »: a parcel that has not arrived
_TO_COME = re.compile(
    r"\bs(?:i |')(?:je|on|ils?|elle|le colis) (?:le |la |les |l')?(?:re[cs]oi|arriv)\w*|\brecevr\w+|\bsera livre"
)
# « et si le 9 décembre je n'ai toujours rien ? »
AND_IF_NOT = re.compile(r"\bsi\b.{0,40}\b(?:rien|pas)\b")
# In an earlier message with more words, a day without a kind does not count as the answer to « quel jour ? ».
_FEW_WORDS = 6


@dataclass(frozen=True)
class DateMention:
    """A day and its kind; `day` is None if it does not exist. `ahead`: the day if « le 4 » means the next 4th."""

    kind: str
    day: date | None
    ahead: date | None


# « de quoi vous parlez, le 20 décembre ? », « je n'ai jamais parlé du 20 »: the customer denies having named this day
_DENIED = re.compile(
    r"\bde quoi (?:vous|tu) parl\w*[^?!]*[?!]?"
    r"|\b(?:jamais|pas|rien)\s+(?:vous |t')?(?:parle|dit|donne|mentionne)\w*[^.,;!?]*"
    # « hier je vous ai tout donné », « je parlais avec vous hier »: the day of a conversation
    r"|\b(?:avant[- ])?hier\b[^.,;!?]{0,12}"
    r"\b(?:vous|t'|te) ?ai (?:tout |deja |bien )?(?:parle|donne|contacte|appele)\w*"
    r"|\b(?:vous ai|t'ai|avec vous|avec toi) (?:tout |deja |bien )?"
    r"(?:parle |donne |contacte |appele )?(?:avant[- ])?hier\b"
    # « non, pas le 13, le 6 »
    r"|\bpas (?:le|du|au) \d{1,2}\b[^.,;!?]{0,12}"
    # « j'ai encore rien reçu, c'est commandé ce matin »: not a word of reception
    r"|\b(?:pas|rien|jamais) (?:encore |toujours )?(?:re[cs]u|livre|arriv)\w*"
)


def days_in(message: str, today: date) -> list[DateMention]:
    """The days of the message. An ambiguous day is in the future for a proposal, else in the past."""
    text = _DENIED.sub(lambda denied: " " * len(denied[0]), read(message))
    behind, ahead = said_dates(text, today), said_dates(text, today, ahead=True)
    found = []
    kinds = _nearest_kinds(text, behind)
    for past, future, kind in zip(behind, ahead, kinds, strict=True):
        to_come = (kind == PROPOSED and not _ALREADY.search(text)) or (kind == RECEIVED and _TO_COME.search(text))
        day = future.day if to_come else past.day
        found.append(DateMention(kind, day, future.day))
    return found


def _nearest_kinds(text: str, days: Sequence[SaidDate]) -> list[str]:
    """The kind of each day. A word applies to the nearest day only: « anniversaire le 13, elle l'a eu le 6 »."""
    found = [_kind(text, day) for day in days]
    nearest: dict[tuple[int, int], int] = {}
    for _, gap, word in found:
        nearest[word] = min(gap, nearest.get(word, gap))
    return [kind if gap == nearest[word] else UNNAMED for kind, gap, word in found]


def _kind(text: str, mention: SaidDate) -> tuple[str, int, tuple[int, int]]:
    """(the kind of the day by the nearest word, its distance, the word's place)"""
    nearest, kind, place = len(text) * 4, UNNAMED, (mention.start, mention.end)
    taken: list[tuple[int, int]] = []
    for name, words in _WORDS.items():
        for word in words.finditer(text):
            if any(word.start() < end and start < word.end() for start, end in taken):
                continue
            taken.append(word.span())
            gap = _gap(text, mention, word)
            if gap < nearest:
                nearest, kind, place = gap, name, word.span()
    return kind, nearest, place


def _gap(text: str, mention: SaidDate, word: re.Match[str]) -> int:
    if word.start() >= mention.end:
        between, weight = text[mention.end : word.start()], _AFTER
    else:
        between, weight = text[word.end() : mention.start], 1
    return len(between) * weight + _APART * len(_SEPARATOR.findall(between))


def is_correction(message: str) -> bool:
    """« non, c'était le 18 »: whether the day replaces the earlier one."""
    return bool(_CORRECTION.search(read(message)))


def earlier_mention(turn: Turn, kinds: Sequence[str]) -> DateMention | None:
    """The latest earlier day of one of these kinds; « c’était le 17 » alone in a message is accepted too.

    The previous message comes first, because it may correct the remembered day. Then the remembered day, then the older
    messages.
    """
    before, kept = turn.messages()[:-1], turn.slot("said_days") or {}
    remembered = (DateMention(kind, date.fromisoformat(kept[kind]), None) for kind in kinds if kind in kept)
    return next(chain(_mentions_in(before[-1:], kinds), remembered, _mentions_in(before[:-1], kinds)), None)


def _mentions_in(messages: list[dict[str, Any]], kinds: Sequence[str]) -> Iterator[DateMention]:
    """The days of these kinds, those of the latest message first."""
    for event in reversed(messages):
        text, today = event.get("text") or "", _day_of(event)
        for mention in [] if text.startswith("/") else days_in(text, today):
            answers = mention.kind == UNNAMED and _is_answer(text) and mention.day and mention.day <= today
            if mention.day and (mention.kind in kinds or answers):
                yield mention


def remember(turn: Turn, mention: DateMention, kind: str) -> None:
    """Remember the day for the rest of the conversation."""
    if mention.day:
        turn.set(said_days={**(turn.slot("said_days") or {}), kind: mention.day.isoformat()})


def forget(turn: Turn, kind: str) -> None:
    """Delete the day, for example after « sans crédit, j'ai dit »."""
    turn.set(said_days={name: day for name, day in (turn.slot("said_days") or {}).items() if name != kind})


def _is_answer(text: str) -> bool:
    return len(text.split()) <= _FEW_WORDS and "?" not in text


def _day_of(event: dict[str, Any]) -> date:
    """The day on which the message was written, in Paris."""
    at = event.get("timestamp")
    return clock.paris_date(datetime.fromtimestamp(at, clock.PARIS) if at else clock.now())
