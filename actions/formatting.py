"""Dates, times and lists in French."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils import dateformat, translation

NO_BREAK = "\u00a0"


def day(value: date) -> str:
    """« samedi 21 novembre 2026 », « mardi 1er décembre 2026 »."""
    with translation.override("fr"):
        text = dateformat.format(value, "l j F Y")
    weekday, number, *rest = text.split(" ")
    number = "1er" if number == "1" else number
    return f"{weekday} {number}{NO_BREAK}{' '.join(rest)}"


def hour(value: datetime) -> str:
    """« 10 h », « 10 h 05 »."""
    minutes = f"{NO_BREAK}{value:%M}" if value.minute else ""
    return f"{value.hour}{NO_BREAK}h{minutes}"


def opening(value: datetime, now: datetime) -> str:
    """When the phone line opens, seen from `now`: « demain à 10 h », « lundi 30 novembre 2026 à 10 h »."""
    ahead = value.date() - now.astimezone(value.tzinfo).date()
    names = {timedelta(0): "aujourd’hui", timedelta(days=1): "demain"}
    return f"{names.get(ahead) or day(value.date())} à {hour(value)}"


def days_left(count: int) -> str:
    """« il vous reste 9 jours », « c’est aujourd’hui le dernier jour »."""
    if count == 0:
        return "c’est aujourd’hui le dernier jour"
    return f"il vous reste {count}{NO_BREAK}jour{'s' if count > 1 else ''}"


def enumeration(items: Sequence[str]) -> str:
    """« a, b et c »."""
    return " et ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)
