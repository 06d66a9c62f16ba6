"""Checks of a reply's text: the same for data/responses/ (tests/data/), the team's own answers, and notices.

A fault is a French sentence for the author: a developer, or a user of the console.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.typography import typeset
from console.text import words
from shop import contacts
from shop.unicode import NO_BREAK

MAX_TEXT_LENGTH = 800
# Maximum number of words of the part of an answer that is visible without « En savoir plus »
# (docs/conversation-guide.md).
MAX_WORDS = 40
# A question's title is also a button.
MAX_BUTTON_LENGTH = 40
# Minimum number of wordings of an answer, so that it can be repeated in other words.
MIN_WORDINGS = 2
MIN_LINES_PER_QUESTION = 25

# Each documented fact: the replies that state it, and what they contain.
FACTS = Path(__file__).resolve().parent.parent / "data" / "facts.yml"
PHONE = contacts.PHONE.replace(NO_BREAK, " ")
# The figures and addresses of each fact.
GIVEN = {
    "WDR-1": {"14"},
    "REF-1": {"30"},
    "CON-1": {PHONE, "10", "18", "10:00", "18:00"},
    "CON-2": {contacts.SUPPORT_EMAIL},
    "CON-3": set(re.findall(r"\d+", " ".join(contacts.POSTAL_ADDRESS))),
    "CON-4": {contacts.BUYBACK_EMAIL, contacts.PRIVACY_EMAIL},
    "TRD-2": {contacts.BUYBACK_EMAIL},
    "RGPD-1": {contacts.PRIVACY_EMAIL},
    "SAFE-1": {"3114", "15", "112"},
}
# {reply: its variations}, as data/responses/ has them.
Replies = Mapping[str, list[dict[str, Any]]]
_TU = re.compile(r"\b(?:tu|te|toi|ton|ta|tes|t['’])\b", re.IGNORECASE)
# As bot/nlg.py reads it in a button, and as a line of YAML.
_QUESTION = re.compile(r"[a-z_]{1,30}/[a-z][a-z_]{1,39}")
_MARKUP = re.compile(r"https?:|www\.|[<>{}\[\]*_#`|]")
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,253}(?<=\w)|\+?\d(?:[\s.()]{0,3}\d){8,20}")
_OURS = {contacts.SUPPORT_EMAIL, contacts.BUYBACK_EMAIL, contacts.PRIVACY_EMAIL, contacts.PHONE}
# Figures that are no facts of the shop: the format of numbers, and the maximum length of a message.
_SHAPES = re.compile(r"\b(?:PX|RP)12345678\b|\b8 chiffres\b|\b2 000 caractères\b")
_FIGURE = re.compile(rf"{re.escape(PHONE)}|(?<![\w.-])[\w.-]{{1,64}}@pixmania\.\w{{1,10}}|\d[\d:]*(?: \d{{3}})*")


def typography_faults(text: str) -> Iterator[str]:
    """Faults that the bot's typesetting cannot fix automatically."""
    prose = _prose(typeset(text))
    if "'" in prose:
        yield "Écrivez ’ pour une apostrophe droite."
    if re.search(r" [:;!?»]|« ", prose):
        yield "Écrivez une espace insécable à côté de la ponctuation."
    if '"' in prose or prose.count("«") != prose.count("»"):
        yield "Écrivez « » pour les guillemets, et fermez-les."
    if "..." in prose:
        yield "Écrivez … pour des points de suspension."


def says_tu(text: str) -> bool:
    """Whether the text says « tu » to the customer; labels of the shop's pages, in « », do not count."""
    return bool(_TU.search(_prose(text)))


def plain_text_faults(text: str) -> Iterator[str]:
    """Faults of a text written in the console: mark-up, or a contact that is not the shop's."""
    if _MARKUP.search(text):
        yield "Écrivez du texte seul, sans lien ni mise en forme."
    for one in _ADDRESS.findall(typeset(text)):
        if one not in _OURS:
            yield f"«\u00a0{one}\u00a0» n’est pas un contact de la boutique."


def answer_faults(text: str) -> Iterator[str]:
    """Faults of an answer or a notice, whatever its subject."""
    count = len(words(text))
    if not count:
        yield "Écrivez une phrase."
    if count > MAX_WORDS:
        yield f"Quarante mots au plus\u00a0: il y en a {count}."
    if len(text) > MAX_TEXT_LENGTH:
        yield f"{MAX_TEXT_LENGTH} caractères au plus."
    if says_tu(text):
        yield "Dites «\u00a0vous\u00a0» au client."
    yield from typography_faults(text)
    yield from plain_text_faults(text)


def question_faults(name: str, title: str, others: Mapping[str, str]) -> Iterator[str]:
    """Faults of a question's name (« ask_refund/delay ») and title. `others`: {question: title} of all others."""
    if not _QUESTION.fullmatch(name):
        yield "Le titre n’a pas assez de lettres pour faire un nom."
    if name in others:
        yield "Une question de ce sujet a déjà ce nom\u00a0: changez le titre."
    if len(title) > MAX_BUTTON_LENGTH:
        yield f"{MAX_BUTTON_LENGTH} caractères au plus."
    if title.casefold() in (other.casefold() for question, other in others.items() if question != name):
        yield "Une autre question a déjà ce titre."


def lacking_lines(count: int) -> int:
    """The number of lines that a question still needs to be trainable."""
    return max(MIN_LINES_PER_QUESTION - count, 0)


@cache
def facts() -> dict[str, dict[str, list[str]]]:
    """{fact: {reply that states it: what it must contain}}"""
    found: dict[str, dict[str, list[str]]] = yaml.load(FACTS.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return found


def untold_facts(replies: Replies) -> Iterator[tuple[str, str, str]]:
    """(reply, fact, piece of the fact that the reply does not contain)"""
    for fact, told in facts().items():
        for name, pieces in told.items():
            said = normalised_blanks(typeset(replies[name][0].get("text") or "")).casefold() if name in replies else ""
            yield from ((name, fact, piece) for piece in pieces if normalised_blanks(piece).casefold() not in said)


def ungiven_figures(replies: Replies) -> Iterator[tuple[str, str, str]]:
    """(reply, figure that none of its facts contains, its text). A variation without facts has those of the first."""
    for name, variations in replies.items():
        first = (variations[0].get("metadata") or {}).get("facts", [])
        for one in variations:
            text, named = one.get("text") or "", (one.get("metadata") or {}).get("facts", first)
            yield from ((name, figure, text) for figure in strange_figures(text, named))


def strange_figures(text: str, named: Collection[str]) -> set[str]:
    """The shop's figures and addresses in a text that none of the named facts contains."""
    return figures(text) - set().union(*(GIVEN.get(fact, set()) for fact in named))


def figures(text: str) -> set[str]:
    """The shop's figures and addresses in a text, without the numbers of list items."""
    steps = re.sub(r"^\d\. ", "", text, flags=re.MULTILINE)
    return set(_FIGURE.findall(_SHAPES.sub("", normalised_blanks(re.sub(r"{\w+}", "", steps)))))


def normalised_blanks(text: str) -> str:
    """The text with normalised blanks and apostrophes, for comparison."""
    return re.sub(r"\s+", " ", text.replace("’", "'"))


def _prose(text: str) -> str:
    return re.sub(r"«[^»]*»", "«»", text)
