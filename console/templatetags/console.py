"""Formatting filters for the console's pages."""

import json
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.conf import settings

from console import bot_data, flash, limits
from console import menu as console_menu
from console.models import Correction, Decision, Thread, Verdict
from console.privacy.masking import mask
from console.versions import replays
from shop import clock, formatting, lookup_alarm

register = template.Library()


@register.simple_tag(takes_context=True)
def flashes(context: dict[str, Any]) -> list[flash.Flash]:
    """The flash messages for the top of this page; each is shown once."""
    return flash.pop(context["request"])


@register.inclusion_tag("console/_menu.html", takes_context=True)
def menu(context: dict[str, Any]) -> dict[str, Any]:
    """The menu's context, with the CSRF token, which an inclusion tag does not pass on."""
    return {**console_menu.of(context["request"]), "csrf_token": context.get("csrf_token")}


@register.simple_tag
def limit(name: str) -> int:
    """A maximum length of console/limits.py, for an input."""
    return int(getattr(limits, name))


@register.simple_tag
def second_factor_is_optional() -> bool:
    """Whether the role « manage » needs no second factor, as in `make run`; then the page warns about it."""
    return bool(settings.CONSOLE_SECOND_FACTOR == "optional")


@register.filter
def as_json(value: Any) -> str:
    """The value as JSON, for a data attribute; the template escapes it."""
    return json.dumps(value, ensure_ascii=False)


@register.filter
def masked(text: str, names: tuple[str, ...]) -> str:
    return mask(text, names)


@register.filter
def titles(intents: list[str]) -> str:
    """« Ma facture, Mon remboursement »"""
    return ", ".join(bot_data.intent_title(intent) for intent in intents)


@register.filter
def title_of(name: str) -> str:
    return bot_data.intent_title(name)


@register.filter
def topic_of(question: str) -> str:
    return bot_data.topic_of(question)


@register.filter
def answer_title(answer: str) -> str:
    """An answer as a replay names it, in French."""
    return replays.title(answer)


@register.filter
def topic_title(key: str) -> str:
    """« faulty_product », the topic of a request, in French."""
    return bot_data.topic_titles().get(key, key)


@register.filter
def verdict(value: str) -> str:
    """« bien répondu »"""
    return str(Verdict(value).label)


@register.filter
def decided(decision: Decision) -> str:
    """What was decided, for the history: « bien répondu », « corrigé en Ma facture »."""
    if decision.turn_id is None:
        return verdict(decision.value)
    if not decision.value:
        return "correction retirée"
    if decision.value == "none_fits":
        return "aucune question ne convient"
    entity, _, value = decision.value.partition("=")
    return f"corrigé en {bot_data.value_title(entity, value) if value else bot_data.intent_title(entity)}"


@register.filter
def corrected_as(correction: Correction) -> str:
    """« Ma facture › Où est ma facture ? », or « « oled » = appareil hors d’usage : écran cassé »"""
    if correction.entity:
        value = bot_data.value_title(correction.entity, correction.entity_value)
        return f"«\u00a0{correction.text}\u00a0» = {value}"
    return bot_data.intent_title(correction.intent)


@register.filter
def of(found: dict[Any, Any], key: Any) -> Any:
    """The dictionary's value; None without one."""
    return found.get(key)


@register.filter
def correction_state(correction: Correction) -> str:
    return "Corrigé" if correction.accepted_at else "Correction proposée"


@register.filter
def percent(share: float | None) -> str:
    """0.856 → « 86 % »"""
    return "–" if share is None else formatting.percent(share)


@register.filter
def percent_point(share: float) -> str:
    """0.0123 → « 1,2 point »"""
    return f"{100 * share:.1f}".replace(".", ",") + "\u00a0point"


@register.filter
def thousands(number: Any) -> str:
    """12345 → « 12 345 »"""
    return formatting.number(int(number))


@register.filter
def duration(thread: Thread) -> str:
    """« 45 s », « 3 min », « 2 h »"""
    return formatting.duration(thread.last_at - thread.started_at)


# Dates: Django's own filter would write « 1 décembre », without a no-break space.


def _day(value: date | datetime) -> date:
    """The date itself, or the moment's date in Paris."""
    return clock.paris_date(value) if isinstance(value, datetime) else value


def _time(value: datetime) -> str:
    return f"{value.astimezone(clock.PARIS):%H:%M}"


@register.filter
def day_month(value: date | datetime) -> str:
    """« 1er décembre »"""
    return formatting.day_month(_day(value))


@register.filter
def medium_date(value: date | datetime) -> str:
    """« 1er déc. 2026 »"""
    return formatting.medium_date(_day(value))


@register.filter
def long_date(value: date | datetime) -> str:
    """« 1er décembre 2026 »"""
    return formatting.long_date(_day(value))


@register.filter
def medium_datetime(value: datetime) -> str:
    """« 1er déc., 10:05 »"""
    return f"{formatting.short_day_month(_day(value))}, {_time(value)}"


@register.filter
def long_datetime(value: datetime) -> str:
    """« 1er décembre, 10:05 »"""
    return f"{formatting.day_month(_day(value))}, {_time(value)}"


@register.filter
def full_datetime(value: datetime) -> str:
    """« mardi 1er décembre 2026 à 10 h 05 »"""
    at = value.astimezone(clock.PARIS)
    return f"{formatting.full_date(at.date())} à {formatting.hour(at)}"


@register.filter
def seconds(value: float | None) -> str:
    """72.0 → « 1 min »"""
    return "–" if value is None else formatting.duration(timedelta(seconds=value))


@register.filter
def waited(since: datetime | None) -> str:
    """« depuis 3 min »"""
    return f"depuis {formatting.duration(clock.now() - since)}" if since else ""


@register.inclusion_tag("console/_lookup_alarm.html")
def lookup_alarm_banner() -> dict[str, Any]:
    """The look-up alarms of the last day: somebody seems to guess numbers or e-mails."""
    raised = {limit: at for limit, at in lookup_alarm.reached().items() if at}
    return {"raised": raised, "last": max(raised.values(), default=None)}
