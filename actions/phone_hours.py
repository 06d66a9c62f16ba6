"""The first sentence of the answer to « et le samedi ? », « vers 19 h ? »: whether the line is open then (CON-1)."""

import re
from datetime import date, datetime, time

from actions import responses
from shop import formatting
from shop.rules import phone_line
from shop.rules.working_days import SATURDAY, is_working_day
from shop.said_dates import read, said_dates
from shop.said_times import said_times

_WEEKEND = re.compile(r"\bweek[- ]?ends?\b|\bwe\b")
_NOW = re.compile(
    r"\bmaintenant\b|\bmtn\b|\bmnt\b|\bla tout de suite\b|\ben ce moment\b|\bactuellement\b|\ba cette heure\b"
)
# Names of public holidays: whether the phone line is open then is not documented.
HOLIDAY = re.compile(
    r"\bferie|\bpaques\b|\bpentecote\b|\bl'ascension\b|\bassomption\b|\btoussaint\b|\barmistice\b|\bjour de l'an\b"
    r"|\bnouvel an\b|\bfete (?:du travail|nationale)\b|\ble jour de noel\b"
)
_WHY = re.compile(r"\bpourquoi\b|\bpk\b|\bpq\b")


def first_sentence(message: str, now: datetime) -> str | None:
    """« Non, la ligne est fermée le samedi. »; None if the message names no time, or a public holiday."""
    text = read(message)
    if HOLIDAY.search(text):
        return None
    if _WEEKEND.search(text):
        return _closed("le week-end")
    # « Depuis trois semaines » does not ask about opening hours.
    days = said_dates(text, now.date(), ahead=True)
    said = next((one for one in days if one.day and one.day >= now.date()), None)
    times = said_times(text)
    if said and said.day:
        named = any(letter.isdigit() for letter in text[said.start : said.end])
        return _on(said.day, now, times, named)
    # « Maintenant, pas à 10 h ! » asks about now.
    if times and not _NOW.search(text):
        return _at(*times)
    if _WHY.search(text) and phone_line.holiday_ahead(now) is None:
        return _on(now.date(), now, None, False)
    if _NOW.search(text) and phone_line.holiday_ahead(now) != now.date():
        if phone_line.is_open(now):
            return responses.text("utter_line_is_open_now")
        next_opening = formatting.opening(phone_line.next_opening(now), now)
        return responses.text("utter_line_is_closed_now", next_opening=next_opening)
    return None


def _on(day: date, now: datetime, times: tuple[time, time] | None, is_date: bool) -> str | None:
    """The sentence for that day and these times. `is_date`: the customer gave a date, not only a weekday."""
    if day.weekday() >= SATURDAY:
        return _closed(f"le {formatting.full_date(day) if is_date else formatting.WEEKDAYS[day.weekday()]}")
    if not is_working_day(day):
        return None
    if times:
        return _at(*times)
    if day == now.date() and not phone_line.is_open(now):
        return responses.text("utter_line_opens_today" if now.time() < phone_line.OPENS else "utter_line_closed_today")
    name = formatting.relative_day(day, now)
    return responses.text("utter_line_is_open_on", day=name if day == now.date() or name == "demain" else f"le {name}")


def _at(first: time, last: time) -> str:
    """The sentence for these times of a working day."""
    if first >= phone_line.CLOSES:
        return responses.text("utter_line_closes")
    if last < phone_line.OPENS:
        return responses.text("utter_line_opens")
    if first < phone_line.OPENS:
        return responses.text("utter_line_is_open_from")
    return responses.text("utter_line_is_open_until" if last > phone_line.CLOSES else "utter_line_is_open")


def _closed(when: str) -> str:
    return responses.text("utter_line_is_closed", when=when)
