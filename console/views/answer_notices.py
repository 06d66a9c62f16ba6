"""« Avis aux clients »: notices with an end date before a question's answer, written by the role « manage »."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from chat.models import AnswerNotice
from console import answer_notices, audit, bot_data, flash, limits
from console.access import requires_role
from console.views.base import user_of
from console.views.inbox_page import incidents_context
from shop import clock, formatting

SHOWN = 50
DEFAULT = timedelta(hours=4)


def _questions() -> list[tuple[str, str]]:
    """The choices, by title: whole topics, and single questions."""
    whole = {topic: f"{title} (toutes les questions)" for topic, title in bot_data.topics().items()}
    single = {one: bot_data.intent_title(one) for one in bot_data.questions() if bot_data.topic_of(one) in whole}
    return sorted((whole | single).items(), key=lambda one: one[1].casefold())


class NoticeForm(forms.Form):
    """A notice: the question or topic, the text, and the end, in Paris time."""

    question = forms.ChoiceField(label="Devant la réponse à", choices=_questions)
    texte = forms.CharField(
        label="Ce que le client lit d’abord", max_length=limits.NOTICE, widget=forms.Textarea({"rows": 4})
    )
    fin = forms.DateTimeField(
        label="Jusqu’à (heure de Paris)",
        widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )

    def clean_texte(self) -> str:
        text = answer_notices.clean(self.cleaned_data["texte"])
        if found := answer_notices.faults(self.cleaned_data.get("question", ""), text):
            raise forms.ValidationError(found)
        return text

    def clean_fin(self) -> Any:
        end, now = self.cleaned_data["fin"], clock.now()
        if not now < end <= now + timedelta(days=answer_notices.MAX_DAYS):
            raise forms.ValidationError("La fin vient après maintenant, et dans le mois.")
        return end


@require_safe
@requires_role("read")
def page(request: HttpRequest) -> HttpResponse:
    """The current notices, the former ones, and the form."""
    until = f"{clock.now() + DEFAULT:%Y-%m-%dT%H:%M}"
    return _page(request, NoticeForm(initial={"question": request.GET.get("question", ""), "fin": until}))


@require_safe
@requires_role("read", background=True)
def incidents(request: HttpRequest) -> HttpResponse:
    """The incidents at the top of the inbox, which reloads them every minute."""
    return render(request, "console/_incidents.html", incidents_context())


@require_POST
@requires_role("manage")
def write(request: HttpRequest) -> HttpResponse:
    """Publish the notice; it precedes the question's answers from now on."""
    form = NoticeForm(request.POST)
    if not form.is_valid():
        return _page(request, form, 400)
    given = form.cleaned_data
    try:
        with transaction.atomic():
            one = AnswerNotice.objects.create(
                question=given["question"], text=given["texte"], ends_at=given["fin"], author=user_of(request)
            )
    except IntegrityError:
        form.add_error("question", "Cette réponse a déjà un avis\u00a0: retirez-le d’abord.")
        return _page(request, form, 409)
    until = formatting.short_datetime(one.ends_at)
    audit.record(request, "noticed", one, question=one.question, until=until)
    text = f"Les clients lisent l’avis dès la prochaine réponse, jusqu’au {until}."
    flash.add(request, text, button="Annuler", action=reverse("console:end_notice", args=[one.pk]))
    return redirect("console:answer_notices")


@require_POST
@requires_role("manage")
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End the notice early."""
    one = get_object_or_404(AnswerNotice, pk=pk)
    if answer_notices.end(one):
        audit.record(request, "ended_notice", one, question=one.question)
        undo = reverse("console:put_back_notice", args=[pk])
        flash.add(request, "L’avis est retiré.", button="Annuler", action=undo)
    return redirect("console:answer_notices")


@require_POST
@requires_role("manage")
def put_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo an early end."""
    one = get_object_or_404(AnswerNotice, pk=pk)
    if answer_notices.put_back(one):
        until = formatting.short_datetime(one.ends_at)
        audit.record(request, "resumed_notice", one, question=one.question, until=until)
        flash.add(request, f"C’est annulé\u00a0: les clients lisent de nouveau l’avis, jusqu’au {until}.")
    else:
        flash.add(request, "Cela ne peut plus être annulé.")
    return redirect("console:answer_notices")


def _page(request: HttpRequest, form: NoticeForm, status: int = 200) -> HttpResponse:
    rows = list(AnswerNotice.objects.select_related("author")[:SHOWN])
    now = clock.now()
    context = {
        "form": form,
        "said": [one for one in rows if one.ended_at is None and one.ends_at > now],
        "over": [one for one in rows if one.ended_at is not None or one.ends_at <= now],
    }
    return render(request, "console/answer_notices.html", context, status=status)
