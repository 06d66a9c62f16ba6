from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.clock import PARIS
from shop.rules.phone_line import holiday_ahead, is_open, next_opening

moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 11, 23, 9, 59), False),
        (datetime(2026, 11, 23, 10, 0), True),
        (datetime(2026, 11, 23, 17, 59), True),
        (datetime(2026, 11, 23, 18, 0), False),
        (datetime(2026, 11, 21, 12, 0), False),
        (datetime(2026, 12, 25, 11, 0), False),  # Christmas, a Friday: not known
        (datetime(2026, 4, 6, 11, 0), False),  # Easter Monday
    ],
)
def test_is_open(moment, expected):
    assert is_open(moment.replace(tzinfo=PARIS)) is expected


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        (datetime(2026, 11, 23, 8), datetime(2026, 11, 23, 10)),
        (datetime(2026, 11, 23, 18), datetime(2026, 11, 24, 10)),
        (datetime(2026, 11, 27, 19), datetime(2026, 11, 30, 10)),  # Friday evening → Monday
        (datetime(2026, 3, 28, 12), datetime(2026, 3, 30, 10)),  # across the change to summer time
        (datetime(2026, 12, 24, 19), datetime(2026, 12, 28, 10)),
    ],
)
def test_next_opening(moment, opening):
    assert next_opening(moment.replace(tzinfo=PARIS)) == opening.replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("moment", "holiday"),
    [
        (datetime(2026, 12, 25, 3), date(2026, 12, 25)),
        (datetime(2026, 12, 25, 11), date(2026, 12, 25)),
        (datetime(2026, 12, 25, 18), None),  # its hours are over
        (datetime(2026, 12, 24, 17), date(2026, 12, 25)),
        (datetime(2026, 12, 24, 19), date(2026, 12, 25)),
        (datetime(2026, 5, 24, 12), date(2026, 5, 25)),  # Whit Monday
        (datetime(2026, 8, 15, 12), None),  # a Saturday is closed anyway
        (datetime(2026, 11, 27, 19), None),
    ],
)
def test_the_hours_say_nothing_of_a_public_holiday_on_a_weekday(moment, holiday):
    assert holiday_ahead(moment.replace(tzinfo=PARIS)) == holiday


@given(moments)
def test_the_next_opening_is_open_and_the_minute_before_is_not(moment):
    opening = next_opening(moment)
    assert opening > moment
    assert is_open(opening)
    assert not is_open(opening - timedelta(minutes=1))
