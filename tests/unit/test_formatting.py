from datetime import date, datetime, timedelta

import pytest

from actions import formatting
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
def test_day(day, text):
    assert formatting.day(day) == text


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
