"""How the console's pages write things."""

from typing import Any

from django import template

from console import project
from console.models import Thread
from console.privacy.masking import mask

register = template.Library()


@register.filter
def masked(text: str, names: tuple[str, ...]) -> str:
    return mask(text, names)


@register.filter
def titles(intents: list[str]) -> str:
    """« Ma facture, Mon remboursement »"""
    return ", ".join(project.intent_title(intent) for intent in intents)


@register.filter
def title_of(name: str) -> str:
    return project.intent_title(name)


@register.filter
def percent(share: float | None) -> str:
    """0.856 → « 86 % »"""
    return "–" if share is None else f"{round(100 * share)}\u00a0%"


@register.filter
def spaced(number: Any) -> str:
    """12345 → « 12 345 »"""
    return f"{int(number):,}".replace(",", "\u202f")


@register.filter
def lasted(thread: Thread) -> str:
    """« 45 s », « 3 min », « 2 h »"""
    seconds = int((thread.last_at - thread.started_at).total_seconds())
    if seconds < 60:
        return f"{seconds}\u00a0s"
    return f"{seconds // 60}\u00a0min" if seconds < 3600 else f"{seconds // 3600}\u00a0h"
