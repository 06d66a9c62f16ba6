"""The filters of the conversation list. They can be combined, and are kept in the URL."""

from datetime import date, datetime, time, timedelta
from typing import Any, cast

import django_filters as filters
from django import forms
from django.contrib.auth.models import User
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from console import bot_data, kept_search, search
from console.models import HANDED_OVER, Facet, FacetKind, Outcome, Thread, Verdict
from console.paging import count_up_to
from console.review import to_review
from shop.clock import PARIS

Threads = QuerySet[Thread]
# From this many rows on, an EXISTS subquery is faster than IN. Measured in bench/console.py.
MANY = 2_000
# The three outcomes in one; saved views know it by this name.
ANY_HANDED_OVER = "escalated"
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

    q = filters.CharFilter(label="Mots", method="by_words", max_length=200)
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
        return search.matching(threads, value)

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

    def by_rating(self, threads: Threads, name: str, value: str) -> Threads:
        return threads.filter(helpful={"oui": True, "non": False, "sans": None}[value])

    def by_typed(self, threads: Threads, name: str, value: str) -> Threads:
        return threads.filter(typed__gt=0) if value == "oui" else threads.filter(typed=0)

    def by_new_words(self, threads: Threads, name: str, value: str) -> Threads:
        return threads.filter(new_words=value == "oui")

    @property
    def chosen(self) -> int:
        """How many filters are set."""
        return sum(bool(self.data.get(name)) for name in self.filters)


def filtered(request: HttpRequest) -> tuple[ThreadFilter, Threads]:
    """The filter form and its conversations, newest first; none if the form is invalid, or its search has ended."""
    threads = Thread.objects.all()
    form = ThreadFilter(kept_search.full_query(request), queryset=threads)
    if kept_search.has_ended(request):
        form.form.add_error("q", kept_search.ENDED)
    return form, cast("Threads", form.qs if form.form.is_valid() else threads.none())


def _with_facet(threads: Threads, kind: FacetKind, value: str) -> Threads:
    """Look a few up one by one; if there are many, walk the list from its newest end until the page is full."""
    found = Facet.objects.filter(kind=kind, value=value)
    if count_up_to(found, MANY) < MANY:
        return threads.filter(pk__in=found.values("thread"))
    return threads.filter(Exists(found.filter(thread=OuterRef("pk"))))
