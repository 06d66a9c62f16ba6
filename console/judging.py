"""Blind judging of a random sample of each week's messages; two people judge a tenth of it.

A judge sees the message and the messages before it, masked, but not the bot's classification or answer, nor another
judge's choice. A keyed hash selects the sample, so nobody can influence it, and two processes select the same one.
"""

from datetime import date, datetime, time, timedelta

from django.contrib.auth.models import User
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils.crypto import salted_hmac

from console import bot_data
from console.models import Judgement, Sampled, Turn
from console.text import words
from shop import clock

SIZE = 100
# Samples can be judged for this many weeks.
WEEKS_OPEN = 4
OFF_TOPIC = "out_of_scope"


class UnknownQuestion(ValueError):
    """The typed text names no question, or several. The message is in French."""


def last_week() -> date:
    """The Monday of the last week that is over, in Paris."""
    today = clock.now().date()
    return today - timedelta(days=today.weekday() + 7)


def sample_week(week: date) -> None:
    """Select the week's sample, once."""
    if Sampled.objects.filter(week=week).exists():
        return
    begin, end = (datetime.combine(week + timedelta(days=days), time.min, clock.PARIS) for days in (0, 7))
    typed = Turn.objects.filter(at__gte=begin, at__lt=end, pressed=False, form_input=False)
    rows = typed.order_by().values_list("pk", "thread__sender", "seq")
    sampled = sorted(rows, key=lambda row: salted_hmac("console.draw", f"{row[1]} {row[2]}").hexdigest())[:SIZE]
    Sampled.objects.bulk_create(
        (Sampled(turn_id=pk, week=week, doubled=place % 10 == 0) for place, (pk, *_) in enumerate(sampled)),
        ignore_conflicts=True,
    )


def to_judge(user: User) -> QuerySet[Sampled]:
    """The samples that still need this user's judgement."""
    since = last_week() - timedelta(weeks=WEEKS_OPEN - 1)
    wanted = Case(When(doubled=True, then=Value(2)), default=Value(1), output_field=IntegerField())
    counted = Sampled.objects.filter(week__gte=since).annotate(
        done=Count("judgements"), mine=Count("judgements", filter=Q(judgements__user=user))
    )
    return counted.filter(mine=0, done__lt=wanted)


def choices() -> dict[str, str]:
    """{title: question}, what a judge may choose from."""
    return dict(sorted((title, question) for question, title in bot_data.choices().items()))


def named(typed: str) -> str:
    """The question with this title, or the only one with these words. Raises UnknownQuestion."""
    titles = choices()
    if typed in titles:
        return titles[typed]
    wanted = set(words(typed))
    found = [title for title in titles if wanted and wanted <= set(words(title))]
    if len(found) == 1:
        return titles[found[0]]
    raise UnknownQuestion(
        f"{len(found)} questions ont ces mots\u00a0: choisissez-en une." if found else "Aucune question n’a ces mots."
    )


def judge(sampled: Sampled, user: User, question: str) -> None:
    """Store the user's judgement, or replace their earlier one."""
    Judgement.objects.update_or_create(sampled=sampled, user=user, defaults={"question": question})
