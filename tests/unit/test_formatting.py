from datetime import UTC, date, datetime, timedelta

import pytest

from shop import formatting
from shop.clock import PARIS

NOW = datetime(2026, 11, 23, 8, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 11, 21), "samedi 21\u00a0novembre 2026"),
        (date(2026, 12, 1), "mardi 1er\u00a0décembre 2026"),
        (date(2028, 2, 29), "mardi 29\u00a0février 2028"),
    ],
)
def test_a_date_is_written_with_and_without_its_weekday_and_read_again(day, text):
    assert formatting.full_date(day) == text
    assert formatting.long_date(day) == text.split(" ", 1)[1]
    assert list(formatting.dates_in(f"le {text}.")) == [(formatting.long_date(day), day)]


def test_a_date_that_does_not_exist_is_read_as_none():
    assert list(formatting.dates_in("le 31 février 2026")) == [("31 février 2026", None)]


def test_short_datetime_is_that_of_paris():
    at = datetime(2026, 11, 30, 23, 5, tzinfo=UTC)
    assert formatting.short_datetime(at) == "01/12/2026 à 0\u00a0h\u00a005"


def test_numbers():
    assert formatting.number(1234567) == "1\u202f234\u202f567"
    assert formatting.percent(0.856) == "86\u00a0%"


@pytest.mark.parametrize(("seconds", "text"), [(45, "45\u00a0s"), (200, "3\u00a0min"), (7300, "2\u00a0h")])
def test_duration(seconds, text):
    assert formatting.duration(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("ahead", "text"),
    [(0, "aujourd’hui à 10\u00a0h"), (1, "demain à 10\u00a0h"), (7, "lundi 30\u00a0novembre 2026 à 10\u00a0h")],
)
def test_opening(ahead, text):
    assert formatting.opening(NOW.replace(hour=10) + timedelta(days=ahead), NOW) == text


@pytest.mark.parametrize(("minute", "text"), [(0, "12\u00a0h"), (5, "12\u00a0h\u00a005")])
def test_hour(minute, text):
    assert formatting.hour(datetime(2026, 11, 23, 12, minute, tzinfo=PARIS)) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "c’est aujourd’hui le dernier jour"), (1, "il vous reste 1\u00a0jour"), (9, "il vous reste 9\u00a0jours")],
)
def test_days_left(count, text):
    assert formatting.days_left(count) == text


@pytest.mark.parametrize(
    ("items", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a et b"), (["a", "b", "c"], "a, b et c")]
)
def test_enumeration(items, text):
    assert formatting.enumeration(items) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ImageMarket", "d’ImageMarket"), ("Électro Dépôt", "d’Électro Dépôt"), ("atelier", "d’atelier"),
        ("Œuvres", "d’Œuvres"), ("Pixmania", "de Pixmania"), ("Hi-Fi", "de Hi-Fi"), ("1001 piles", "de 1001 piles"),
    ],
)  # fmt: skip
def test_de_elides_before_a_vowel(name, text):
    assert formatting.of(name) == text
