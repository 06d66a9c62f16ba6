"""« Statistiques »: topics, outcomes and durations, as charts, tables and CSV."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console import audit, bot_data, charts, daily_aggregates, spreadsheet
from console.access import requires_role
from console.accuracy import accuracy_report
from console.automation import Automation, automation_report
from console.charts import percent
from console.computing.worker import NotComputed, compute
from console.models import Outcome
from console.statistics import Figures, Period, Report
from console.team_statistics import TeamFigures, team_report
from shop import clock

DAYS = 30
MAX_PERIOD = timedelta(days=400)
# Maximum number of daily rows. A longer period is shown by week, because hundreds of rows cannot be read.
MAX_DAILY_ROWS = 100
COLUMNS = [
    "jour", "sujet", "conversations", "messages", *Outcome.labels, "répondu par l’assistant (%)", "transmises (%)",
    "sans réponse (%)", "reformulées (%)", "avis", "utiles (%)", "réponse médiane (s)", "95 % en moins de (s)",
]  # fmt: skip

TEAM_COLUMNS = [
    "par", "qui ou quoi", "demandes d’une personne", "attentes abandonnées", "conversations tenues",
    "rendues à la file", "attente médiane (s)", "attente 95 % (s)", "première réponse médiane (s)",
    "première réponse 95 % (s)", "tenue médiane (s)", "tenue 95 % (s)", "avis", "utiles (%)",
]  # fmt: skip


AUTOMATION_COLUMNS = [
    "par", "qui ou quoi", "conversations", "avec l’assistant", "résolues, confirmées", "résolues, supposées",
    "part prise (%)", "résolues (%)", "automatisation (%)",
]  # fmt: skip


ACCURACY_COLUMNS = ["par", "qui ou quoi", "jugés", "justes", "exactitude (%)", "au moins (%)", "au plus (%)"]


def _topics() -> list[tuple[str, str]]:
    return sorted(bot_data.topics().items(), key=lambda topic: topic[1])


class PeriodForm(forms.Form):
    """Two days and a topic, all optional."""

    _between = (MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2099, 12, 31)))
    du = forms.DateField(
        label="Du", required=False, validators=_between, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    au = forms.DateField(
        label="Au", required=False, validators=_between, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    sujet = forms.ChoiceField(label="Sujet", required=False, choices=lambda: [("", "tous"), *_topics()])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        period = self.period
        if period.last < period.first:
            raise forms.ValidationError("Le premier jour vient après le dernier.")
        if period.last - period.first > MAX_PERIOD:
            raise forms.ValidationError("La période est trop longue\u00a0: treize mois au plus.")
        return given

    @property
    def period(self) -> Period:
        """The requested period, or the last days."""
        given = getattr(self, "cleaned_data", {})
        last = given.get("au") or max(given.get("du") or date.min, clock.now().date())
        return Period(given.get("du") or last - timedelta(days=DAYS - 1), last)


@require_safe
@requires_role("read")
def statistics(request: HttpRequest) -> HttpResponse:
    form = _form(request)
    period, topic = _asked(form)
    by_week = len(period.days) > MAX_DAILY_ROWS
    counted = daily_aggregates.by_week(period, topic) if by_week else daily_aggregates.by_day(period)
    found = Report(counted["figures"])
    spans = [(begin, found.of(begin, topic)) for begin in found.spans]
    automation, accuracy = automation_report(counted["automation"], topic), accuracy_report(period, topic)
    context = {
        "form": form,
        "all": found.total(topic),
        "days": [(begin, figures) for begin, figures in reversed(spans) if figures.conversations],
        "topics": [(bot_data.intent_title(one), figures) for one, figures in found.topics if topic in ("", one)],
        "period": period,
        "span": "semaine" if by_week else "jour",
        "outcomes": Outcome.choices,
        "charts": charts.of_conversations(spans, found, topic)
        | charts.of_automation(list(found.spans), automation)
        | charts.of_accuracy(accuracy),
        "max_bars": charts.MAX_BARS,
        "automation": automation,
        "accuracy": accuracy,
        "query": request.GET.urlencode(),
        "team": team_report(counted["team"].values(), topic),
    }
    return render(request, "console/statistics.html", context)


@require_safe
@requires_role("read")
def statistics_csv(request: HttpRequest) -> HttpResponse:
    """One row per day and topic, and one per day for all topics."""
    period, _ = _asked(_form(request))
    found = Report(daily_aggregates.by_day(period)["figures"])
    audit.record(request, "exported", what="statistiques")
    return _as_download("statistiques", period, COLUMNS, _rows(found))


@require_safe
@requires_role("read")
def team_csv(request: HttpRequest) -> HttpResponse:
    """The team's figures as CSV: in all, by agent, by hour and by topic."""
    period, topic = _asked(_form(request))
    found = team_report(daily_aggregates.by_week(period, topic)["team"].values(), topic)
    audit.record(request, "exported", what="statistiques de l’équipe")
    groups = {"": {"tous": found.total}} | found.by
    rows = [_team_row(kind, name, one) for kind, names in groups.items() for name, one in names.items()]
    return _as_download("equipe", period, TEAM_COLUMNS, rows)


@require_safe
@requires_role("read")
def automation_csv(request: HttpRequest) -> HttpResponse:
    """The bot's automation as CSV: in all, by day, topic, question and version."""
    period, topic = _asked(_form(request))
    found = automation_report(daily_aggregates.by_day(period)["automation"], topic)
    audit.record(request, "exported", what="automatisation")
    groups: dict[str, dict[Any, Automation]] = {"": {"tous": found.total}, "jour": dict(found.spans), **found.by}
    rows = [_automation_row(kind, name, one) for kind, names in groups.items() for name, one in names.items()]
    return _as_download("automatisation", period, AUTOMATION_COLUMNS, rows)


@require_safe
@requires_role("read")
def accuracy_csv(request: HttpRequest) -> HttpResponse:
    """The bot's accuracy as CSV: in all, by week, topic, question and version."""
    period, topic = _asked(_form(request))
    found = accuracy_report(period, topic)
    audit.record(request, "exported", what="exactitude")
    groups = {"": {"tous": found.total}, **found.by}
    rows = [
        [kind, name, one.judged, one.right, percent(one.share), *map(percent, one.interval or (None, None))]
        for kind, names in groups.items()
        for name, one in names.items()
    ]
    return _as_download("exactitude", period, ACCURACY_COLUMNS, rows)


@require_safe
@requires_role("read", background=True)
def agreement(request: HttpRequest) -> HttpResponse:
    """The judges' kappa, loaded separately because the computing process may take seconds to start."""
    pairs = accuracy_report(*_asked(_form(request))).pairs
    context: dict[str, Any] = {"count": len(pairs)}
    try:
        context["kappa"] = compute("agreement", "kappa", pairs) if pairs else None
    except NotComputed:
        context["late"] = True
    return render(request, "console/_agreement.html", context)


def _asked(form: PeriodForm) -> tuple[Period, str]:
    """The period and the topic; the last days and all topics if the form is invalid."""
    return (form.period, form.cleaned_data.get("sujet", "")) if form.is_valid() else (_default(), "")


def _automation_row(kind: str, name: object, one: Automation) -> list[object]:
    counts = [one.conversations, one.took_part, one.confirmed, one.assumed]
    return [kind, name, *counts, *map(percent, (one.involvement, one.resolution, one.automation))]


def _team_row(kind: str, name: str, figures: TeamFigures) -> list[object]:
    durations = [_tenth(value) for pair in figures.durations for value in pair]
    counts = [figures.asked, figures.abandoned, figures.held, figures.released]
    return [kind.lower(), name, *counts, *durations, figures.rated, percent(figures.satisfaction)]


def _as_download(name: str, period: Period, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}-{period.first}-{period.last}.csv"'}
    text = "".join(spreadsheet.as_csv(columns, rows))
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


def _form(request: HttpRequest) -> PeriodForm:
    """Always bound, so that the fields show the default period."""
    default = _default()
    asked = {"du": default.first.isoformat(), "au": default.last.isoformat()} if not request.GET else request.GET
    return PeriodForm(asked)


def _default() -> Period:
    return PeriodForm().period


def _rows(found: Report) -> Iterator[list[object]]:
    for day in found.spans:
        yield _row(day, "tous", found.of(day))
        for topic, _ in found.topics:
            figures = found.of(day, topic)
            if figures.conversations:
                yield _row(day, bot_data.intent_title(topic), figures)


def _row(day: date, topic: str, figures: Figures) -> list[object]:
    rates = [figures.containment, figures.escalation, figures.fallback, figures.asking_back]
    counts = [figures.conversations, figures.messages, *(figures.outcomes[outcome] for outcome in Outcome.values)]
    satisfaction = percent(figures.satisfaction)
    waits = [_tenth(figures.median), _tenth(figures.p95)]
    return [day, topic, *counts, *map(percent, rates), figures.rated, satisfaction, *waits]


def _tenth(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
