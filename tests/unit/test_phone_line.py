from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.clock import PARIS
from shop.rules.phone_line import is_open, next_opening

moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 11, 23, 9, 59), False),
        (datetime(2026, 11, 23, 10, 0), True),
        (datetime(2026, 11, 23, 17, 59), True),
        (datetime(2026, 11, 23, 18, 0), False),
        (datetime(2026, 11, 21, 12, 0), False),
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
    ],
)
def test_next_opening(moment, opening):
    assert next_opening(moment.replace(tzinfo=PARIS)) == opening.replace(tzinfo=PARIS)


@given(moments)
def test_the_next_opening_is_open_and_the_minute_before_is_not(moment):
    opening = next_opening(moment)
    assert opening > moment
    assert is_open(opening)
    assert not is_open(opening - timedelta(minutes=1))
