"""Dates, times, numbers and lists in French. short, medium, long and full dates are as in CLDR."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from shop.clock import PARIS
from shop.unicode import NARROW_NO_BREAK, NO_BREAK, without_accents

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
SHORT_MONTHS = (
    "jan.", "fév.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)  # fmt: skip
# Maximum number of products that a sentence lists. With more, it lists one less: « a, b, c et 2 autres produits ».
MAX_PRODUCTS = 4
_DAY = re.compile(rf"\b(1er|\d{{1,2}})\s({'|'.join(MONTHS)})\s(\d{{4}})")


def day_month(value: date, months: Sequence[str] = MONTHS) -> str:
    """« 21 novembre », « 1er décembre »."""
    number = "1er" if value.day == 1 else value.day
    return f"{number}{NO_BREAK}{months[value.month - 1]}"


def short_day_month(value: date) -> str:
    """« 21 nov. », « 1er déc. »."""
    return day_month(value, SHORT_MONTHS)


def short_date(value: date) -> str:
    """« 21/11/2026 »."""
    return f"{value:%d/%m/%Y}"


def medium_date(value: date) -> str:
    """« 21 nov. 2026 », « 1er déc. 2026 »."""
    return f"{short_day_month(value)} {value.year}"


def long_date(value: date) -> str:
    """« 21 novembre 2026 », « 1er décembre 2026 »."""
    return f"{day_month(value)} {value.year}"


def full_date(value: date) -> str:
    """« samedi 21 novembre 2026 »."""
    return f"{WEEKDAYS[value.weekday()]} {long_date(value)}"


def near_date(value: date, today: date) -> str:
    """« samedi 21 novembre », with the year if it is not this one."""
    short = f"{WEEKDAYS[value.weekday()]} {day_month(value)}"
    return short if value.year == today.year else full_date(value)


def dates_in(text: str) -> Iterator[tuple[str, date | None]]:
    """The dates in a text: (its wording, the date; None if there is no such date)."""
    for found in _DAY.finditer(text):
        number, month, year = found.groups()
        try:
            yield found.group(), date(int(year), MONTHS.index(month) + 1, 1 if number == "1er" else int(number))
        except ValueError:
            yield found.group(), None


def hour(value: datetime | time) -> str:
    """« 10 h », « 10 h 05 »."""
    minutes = f"{NO_BREAK}{value:%M}" if value.minute else ""
    return f"{value.hour}{NO_BREAK}h{minutes}"


def short_datetime(value: datetime) -> str:
    """« 21/11/2026 à 10 h 05 », in Paris."""
    at = value.astimezone(PARIS)
    return f"{short_date(at)} à {hour(at)}"


def opening(value: datetime, now: datetime) -> str:
    """When the phone line opens, relative to `now`: « demain à 10 h », « lundi 30 novembre 2026 à 10 h »."""
    return f"{relative_day(value.date(), now)} à {hour(value)}"


def relative_day(value: date, now: datetime) -> str:
    """« aujourd’hui », « demain », « lundi 30 novembre 2026 »."""
    ahead = value - now.astimezone(PARIS).date()
    names = {timedelta(0): "aujourd’hui", timedelta(days=1): "demain"}
    return names.get(ahead) or full_date(value)


def days_left(count: int) -> str:
    """« il vous reste 9 jours », « c’est aujourd’hui le dernier jour »."""
    if count == 0:
        return "c’est aujourd’hui le dernier jour"
    return f"il vous reste {days(count)}"


def days(count: int) -> str:
    """« 1 jour », « 9 jours »."""
    return f"{count}{NO_BREAK}jour{'s' if count > 1 else ''}"


def duration(value: timedelta) -> str:
    """« 45 s », « 3 min », « 2 h »."""
    seconds = int(value.total_seconds())
    if seconds < 60:
        return f"{seconds}{NO_BREAK}s"
    return f"{seconds // 60}{NO_BREAK}min" if seconds < 3600 else f"{seconds // 3600}{NO_BREAK}h"


def number(value: int) -> str:
    """« 12 345 »."""
    return f"{value:,}".replace(",", NARROW_NO_BREAK)


def percent(share: float) -> str:
    """0.856 → « 86 % »."""
    return f"{round(100 * share)}{NO_BREAK}%"


def enumeration(items: Sequence[str]) -> str:
    """« a, b et c »."""
    return " et ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def of(name: str) -> str:
    """« de Pixmania », « d’ImageMarket »; « de » before h and y, because names are pronounced either way."""
    return f"d’{name}" if without_accents(name[:1]) in {*"aeiouœæ"} else f"de {name}"


def products(names: Sequence[str]) -> str | None:
    """« a, b et c »; of more than four « a, b, c et 57 autres produits »; None if there are none."""
    if len(names) <= MAX_PRODUCTS:
        return enumeration(names) or None
    shown = names[: MAX_PRODUCTS - 1]
    return enumeration([*shown, f"{len(names) - len(shown)} autres produits"])
