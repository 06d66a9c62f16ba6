"""What a notice before an answer may say: it is checked like a reply of data/responses/ (tests/data/test_responses.py).

It may not contradict the answer behind it: where both count days, hours, euros or the like, they count the same.
"""

import re
from collections.abc import Iterable, Iterator

from bot.typography import typeset
from chat.models import AnswerNotice
from console import audit, bot_data
from console.text import words
from shop import clock, contacts

MAX_WORDS = 40
MAX_DAYS = 31
_TU = re.compile(r"\b(tu|te|toi|ton|ta|tes|t’)(?!\w)", re.IGNORECASE)
_MARKUP = re.compile(r"https?:|www\.|[<>{}\[\]*_#`|]")
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,253}(?<=\w)|\+?\d(?:[\s.()]{0,3}\d){8,20}")
_OURS = {contacts.SUPPORT_EMAIL, contacts.BUYBACK_EMAIL, contacts.PRIVACY_EMAIL, contacts.PHONE}
_IN_WORDS = {
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9,
    "dix": 10, "douze": 12, "quatorze": 14, "quinze": 15, "vingt": 20, "trente": 30, "soixante": 60,
}  # fmt: skip
_UNITS = {"h": "heure", "eur": "euro", "€": "euro", "%": "%"}
_FIGURE = re.compile(
    rf"\b(\d+|{'|'.join(_IN_WORDS)})\s*(jours?|semaines?|mois|heures?|h\b|ans?\b|années?|euros?|€|%)", re.IGNORECASE
)
# What a notice speaks of besides its own question → whose answers it must not contradict either.
_ALSO = {
    "rembours": "ask_refund", "rétract": "ask_withdrawal", "retour": "ask_return_conditions",
    "conseiller": "contact_support", "téléphon": "contact_support",
}  # fmt: skip


def clean(text: str) -> str:
    """With the typography of the replies."""
    return typeset(" ".join(text.split()))


def faults(question: str, text: str) -> list[str]:
    """What is wrong with a cleaned text, in French; empty if it may be said."""
    prose = re.sub(r"«[^»]*»", "«»", text)
    count = len(words(text))
    is_quoted = '"' in prose or prose.count("«") != prose.count("»")
    checks = {
        f"Quarante mots au plus\u00a0: il y en a {count}.": count > MAX_WORDS,
        "Écrivez une phrase.": not count,
        "Dites «\u00a0vous\u00a0» au client.": _TU.search(prose),
        "Écrivez «\u00a0\u00a0» pour les guillemets, et fermez-les.": is_quoted,
        "Écrivez … pour des points de suspension.": "..." in prose,
        "Écrivez du texte seul, sans lien ni mise en forme.": _MARKUP.search(text),
    }
    return [
        *(said for said, is_wrong in checks.items() if is_wrong),
        *_strangers(text),
        *_contradictions(question, text),
    ]


def _strangers(text: str) -> Iterator[str]:
    """Addresses and phone numbers that are not the shop's."""
    yield from (f"« {one} » n’est pas un contact de la boutique." for one in _ADDRESS.findall(text) if one not in _OURS)


def _contradictions(question: str, text: str) -> Iterator[str]:
    asked = {question} | {topic for word, topic in _ALSO.items() if word in text.casefold()}
    answered: dict[str, set[int]] = {}
    for number, unit in (found for one in asked for said in bot_data.answers(one) for found in _figures(said)):
        answered.setdefault(unit, set()).add(number)
    for number, unit in _figures(text):
        if unit in answered and number not in answered[unit]:
            known = " ou ".join(str(one) for one in sorted(answered[unit]))
            yield f"La réponse dit {known} {_plural(unit)}, et l’avis {number}."


def _figures(text: str) -> Iterator[tuple[int, str]]:
    """(14, « jour »)"""
    for number, unit in _FIGURE.findall(text):
        written = unit.casefold()
        name = _UNITS.get(written) or (written if written == "mois" else written.rstrip("s"))
        yield _IN_WORDS.get(number.casefold()) or int(number), "an" if name == "année" else name


def _plural(unit: str) -> str:
    return unit if unit in ("mois", "%") else f"{unit}s"


def end_expired() -> int:
    """Note the ends that have come, in the journal too; return how many. Several processes may do so."""
    over: Iterable[AnswerNotice] = AnswerNotice.objects.filter(ended_at=None, ends_at__lte=clock.now())
    return sum(end(one) and _note(one) for one in over)


def end(notice: AnswerNotice) -> bool:
    """End it now; False if it had ended."""
    return bool(AnswerNotice.objects.filter(pk=notice.pk, ended_at=None).update(ended_at=clock.now()))


def _note(notice: AnswerNotice) -> bool:
    audit.record_by_itself("notice_over", notice, question=notice.question)
    return True
