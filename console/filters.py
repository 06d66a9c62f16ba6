"""The filters of the conversation list. They can be combined, and are kept in the URL."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any, cast

import django_filters as filters
from django import forms
from django.contrib.auth.models import User
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from console import bot_data, flags, limits, search, session_search
from console.models import HANDED_OVER, Facet, FacetKind, Flag, Outcome, Thread, Verdict
from console.paging import count_up_to
from console.review import to_review
from shop import formatting
from shop.clock import PARIS

Threads = QuerySet[Thread]
# From this many rows on, an EXISTS subquery is faster than IN. Measured in bench/console.py.
MANY = 2_000
# The value of the filter that combines the three outcomes; saved views contain it.
ANY_HANDED_OVER = "escalated"
EVERYWHERE = "tout"
# Always on the page; the others are under « Plus ».
MAIN = ["q", "du", "au", "sujet", "issue", "relecture"]
FLAGGED = [("ouvert", "à régler"), ("moi", "à régler par moi"), ("regle", "tout est réglé")]
YES_NO = [("oui", "oui"), ("non", "non")]


def _day(label: str, method: str) -> filters.DateFilter:
    """Only years in which every date has a midnight in Paris."""
    between = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2099, 12, 31))]
    widget = forms.DateInput(attrs={"type": "date"})
    return filters.DateFilter(label=label, method=method, widget=widget, validators=between)


def _intents() -> list[tuple[str, str]]:
    names = {**bot_data.labels()["intents"], **bot_data.topics()}
    return sorted(((name, title) for name, title in names.items()), key=lambda one: one[1].casefold())


def _values(kind: FacetKind) -> list[tuple[str, str]]:
    found = Facet.objects.filter(kind=kind).values_list("value", flat=True).distinct().order_by("value")
    return [(value, value) for value in found]


def _actions() -> list[tuple[str, str]]:
    return sorted(((name, words) for name, words in bot_data.labels()["actions"].items()), key=lambda one: one[1])


def _reviewers() -> list[tuple[int, str]]:
    return [(user.pk, user.get_username()) for user in User.objects.filter(reviewed__isnull=False).distinct()]


class ThreadFilter(filters.FilterSet):
    """Every field is optional. An invalid value shows an error beside its field."""

    q = filters.CharFilter(label="Chercher", method="by_words", max_length=limits.SEARCH)
    dans = filters.ChoiceFilter(
        label="Chercher dans", method="by_place", empty_label="les mots du client",
        choices=[(EVERYWHERE, "tout ce qui a été dit")],
    )  # fmt: skip
    du = _day("Du", "since")
    au = _day("Au", "until")
    sujet = filters.ChoiceFilter(
        label="Sujet", method="by_topic", choices=lambda: sorted(bot_data.topics().items(), key=lambda t: t[1])
    )
    intention = filters.ChoiceFilter(label="Intention", method="by_intent", choices=_intents)
    action = filters.ChoiceFilter(label="Action", method="by_action", choices=_actions)
    confiance = filters.NumberFilter(
        label="Confiance sous (%)", method="by_confidence", min_value=0, max_value=100,
        widget=forms.NumberInput(attrs={"min": 0, "max": 100, "step": 5, "inputmode": "numeric"}),
    )  # fmt: skip
    issue = filters.ChoiceFilter(
        label="Issue", method="by_outcome", choices=[*Outcome.choices, (ANY_HANDED_OVER, "transmise (les trois)")]
    )
    relecture = filters.ChoiceFilter(
        label="Relecture", method="by_review",
        choices=[("file", "dans la file"), ("non", "pas relue"), *[c for c in Verdict.choices if c[0]]],
    )  # fmt: skip
    par = filters.ChoiceFilter(label="Relue par", field_name="reviewed_by", choices=_reviewers)
    signalement = filters.ChoiceFilter(label="Signalement", method="by_flag", choices=FLAGGED)
    etiquette = filters.ChoiceFilter(label="Étiquette", method="by_tag", choices=lambda: _values(FacetKind.TAG))
    avis = filters.ChoiceFilter(
        label="Avis du client",
        method="by_rating",
        choices=[("oui", "utile"), ("non", "pas utile"), ("sans", "sans avis")],
    )
    ecrit = filters.ChoiceFilter(label="Le client a vraiment écrit", method="by_typed", choices=YES_NO)
    inconnu = filters.ChoiceFilter(label="Pas dans les données d’entraînement", method="by_new_words", choices=YES_NO)

    class Meta:
        model = Thread
        fields: list[str] = []

    def by_words(self, threads: Threads, name: str, value: str) -> Threads:
        return search.matching(threads, value, everywhere=self.is_everywhere)

    def by_place(self, threads: Threads, name: str, value: str) -> Threads:
        """No filter of its own: `by_words` reads this field (`is_everywhere`)."""
        return threads

    def since(self, threads: Threads, name: str, value: Any) -> Threads:
        return threads.filter(started_at__gte=datetime.combine(value, time.min, PARIS))

    def until(self, threads: Threads, name: str, value: Any) -> Threads:
        return threads.filter(started_at__lt=datetime.combine(value + timedelta(days=1), time.min, PARIS))

    def by_topic(self, threads: Threads, name: str, value: str) -> Threads:
        return _with_facet(threads, FacetKind.TOPIC, value)

    def by_intent(self, threads: Threads, name: str, value: str) -> Threads:
        return _with_facet(threads, FacetKind.INTENT, value)

    def by_action(self, threads: Threads, name: str, value: str) -> Threads:
        return _with_facet(threads, FacetKind.ACTION, value)

    def by_tag(self, threads: Threads, name: str, value: str) -> Threads:
        return _with_facet(threads, FacetKind.TAG, value)

    def by_confidence(self, threads: Threads, name: str, value: Any) -> Threads:
        return threads.filter(lowest_confidence__lt=float(value) / 100)

    def by_outcome(self, threads: Threads, name: str, value: str) -> Threads:
        return threads.filter(outcome__in=HANDED_OVER) if value == ANY_HANDED_OVER else threads.filter(outcome=value)

    def by_review(self, threads: Threads, name: str, value: str) -> Threads:
        if value == "file":
            return to_review(threads)
        return threads.filter(verdict="" if value == "non" else value)

    def by_flag(self, threads: Threads, name: str, value: str) -> Threads:
        """Flags are few, so their conversations are looked up by id."""
        waiting = flags.open_flags()
        if value == "regle":
            settled = Flag.objects.exclude(settled_at=None).values("thread")
            return threads.filter(pk__in=settled).exclude(pk__in=waiting.values("thread"))
        mine = waiting.filter(assigned_to=self.request.user) if value == "moi" else waiting
        return threads.filter(pk__in=mine.values("thread"))

    def by_rating(self, threads: Threads, name: str, value: str) -> Threads:
        return threads.filter(helpful={"oui": True, "non": False, "sans": None}[value])

    def by_typed(self, threads: Threads, name: str, value: str) -> Threads:
        return threads.filter(typed__gt=0) if value == "oui" else threads.filter(typed=0)

    def by_new_words(self, threads: Threads, name: str, value: str) -> Threads:
        return threads.filter(new_words=value == "oui")

    @property
    def is_everywhere(self) -> bool:
        return bool(self.data.get("dans") == EVERYWHERE)

    @property
    def chosen(self) -> list[tuple[str, str, str]]:
        """(name, label, value in words) of each filter that is set."""
        fields = self.form.fields
        given = {name: self.data.get(name) for name in fields if self.data.get(name)}
        return [(name, str(fields[name].label), _in_words(fields[name], value)) for name, value in given.items()]

    @property
    def main(self) -> list[forms.BoundField]:
        return [self.form[name] for name in MAIN]

    @property
    def more(self) -> list[forms.BoundField]:
        return [self.form[name] for name in self.form.fields if name not in MAIN]

    @property
    def more_is_chosen(self) -> bool:
        return any(name not in MAIN for name, _, _ in self.chosen)


def filtered(request: HttpRequest) -> tuple[ThreadFilter, Threads]:
    """The filter form and its conversations, newest first; none if the form is invalid, or its search has ended."""
    threads = Thread.objects.all()
    form = ThreadFilter(session_search.full_query(request), queryset=threads, request=request)
    if session_search.has_ended(request):
        form.form.add_error("q", session_search.ENDED)
    return form, cast("Threads", form.qs if form.form.is_valid() else threads.none())


def _in_words(field: forms.Field, value: str) -> str:
    choices = {str(key): str(title) for key, title in getattr(field, "choices", [])}
    if isinstance(field, forms.DateField):
        with suppress(ValueError):
            return formatting.long_date(date.fromisoformat(value))
    return choices.get(value, value)


def _with_facet(threads: Threads, kind: FacetKind, value: str) -> Threads:
    """With few matches, look them up by id; with many, scan the list from the newest until the page is full."""
    found = Facet.objects.filter(kind=kind, value=value)
    if count_up_to(found, MANY) < MANY:
        return threads.filter(pk__in=found.values("thread"))
    return threads.filter(Exists(found.filter(thread=OuterRef("pk"))))
