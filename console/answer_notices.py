"""Checks of a notice before an answer: the same as for data/responses/ (console/reply_checks.py), and one more.

A notice may not contradict the answer after it: if both give days, hours, euros or the like, the figures must agree.
"""

import re
from collections.abc import Iterable, Iterator

from django.db import IntegrityError, transaction

from bot.typography import typeset
from chat.models import AnswerNotice
from console import audit, bot_data, reply_checks
from shop import clock

MAX_DAYS = 31
_IN_WORDS = {
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9,
    "dix": 10, "douze": 12, "quatorze": 14, "quinze": 15, "vingt": 20, "trente": 30, "soixante": 60,
}  # fmt: skip
_UNITS = {"h": "heure", "eur": "euro", "€": "euro", "%": "%"}
_FIGURE = re.compile(
    rf"\b(\d+|{'|'.join(_IN_WORDS)})\s*(jours?|semaines?|mois|heures?|h\b|ans?\b|années?|euros?|€|%)", re.IGNORECASE
)
# Words of a notice → further questions whose answers it must not contradict.
_ALSO = {
    "rembours": "ask_refund", "rétract": "ask_withdrawal", "retour": "ask_return_conditions",
    "conseiller": "contact_support", "téléphon": "contact_support",
}  # fmt: skip


def clean(text: str) -> str:
    """The text with the typography of the bot's replies."""
    return typeset(" ".join(text.split()))


def faults(question: str, text: str) -> list[str]:
    """The faults of a cleaned text, in French; empty if it may be published."""
    return [*reply_checks.answer_faults(text), *_contradictions(question, text)]


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
    """Mark expired notices as ended, with audit entries; return how many. Several processes may call it."""
    over: Iterable[AnswerNotice] = AnswerNotice.objects.filter(ended_at=None, ends_at__lte=clock.now())
    return sum(end(one) and _note(one) for one in over)


def end(notice: AnswerNotice) -> bool:
    """End the notice now; return False if it had ended already."""
    return bool(AnswerNotice.objects.filter(pk=notice.pk, ended_at=None).update(ended_at=clock.now()))


def put_back(notice: AnswerNotice) -> bool:
    """Reactivate a notice that was ended early. False if its time is over, or its question has another notice."""
    try:
        with transaction.atomic():
            early = AnswerNotice.objects.filter(pk=notice.pk, ended_at__isnull=False, ends_at__gt=clock.now())
            return bool(early.update(ended_at=None))
    except IntegrityError:
        return False


def _note(notice: AnswerNotice) -> bool:
    audit.record_by_itself("notice_over", notice, question=notice.question)
    return True
