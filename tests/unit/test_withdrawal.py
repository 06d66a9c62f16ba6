from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.rules.withdrawal import WithdrawalState, withdrawal, withdrawal_deadline
from shop.rules.working_days import is_working_day

days = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("start", "deadline"),
    [
        (date(2026, 11, 9), date(2026, 11, 23)),  # a Monday, and a Monday two weeks later
        (date(2026, 11, 7), date(2026, 11, 23)),  # would end on Saturday 21
        (date(2026, 11, 8), date(2026, 11, 23)),  # would end on Sunday 22
        (date(2026, 10, 28), date(2026, 11, 12)),  # would end on 11 November
        (date(2026, 12, 11), date(2026, 12, 28)),  # would end on Christmas, a Friday before a week-end
        (date(2027, 3, 15), date(2027, 3, 30)),  # would end on Easter Monday
        (date(2028, 2, 15), date(2028, 2, 29)),  # a leap day
    ],
)
def test_deadline(start, deadline):
    assert withdrawal_deadline(start) == deadline


@given(days)
def test_deadline_is_a_working_day_never_early_and_never_more_than_four_days_late(start):
    deadline = withdrawal_deadline(start)
    assert is_working_day(deadline)
    assert timedelta(14) <= deadline - start <= timedelta(18)


@given(days, st.integers(0, 60))
def test_open_until_the_deadline_and_past_after_it(start, later):
    today = start + timedelta(later)
    right = withdrawal(today, delivered_on=start)
    assert right.state is (WithdrawalState.OPEN if today <= right.deadline else WithdrawalState.PAST)
    assert right.days_left == ((right.deadline - today).days if right.state is WithdrawalState.OPEN else None)


@given(days, st.booleans())
def test_personalised_is_excluded_whatever_the_date(today, shipped):
    right = withdrawal(today, delivered_on=today if shipped else None, personalised=True, shipped=shipped)
    assert right.state is WithdrawalState.EXCLUDED
    assert right.deadline is None


def test_a_credit_contract_counts_from_its_signature():
    signed, delivered = date(2026, 11, 2), date(2026, 11, 10)
    right = withdrawal(date(2026, 11, 12), delivered_on=delivered, credit_signed_on=signed)
    assert (right.start, right.deadline) == (signed, date(2026, 11, 16))


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"shipped": True}, WithdrawalState.NOT_DELIVERED),
        ({"shipped": False}, WithdrawalState.NOT_SHIPPED),
        ({"shipped": False, "cancelled": True}, WithdrawalState.CANCELLED),
    ],
)
def test_before_reception_no_period_has_begun(facts, state):
    assert withdrawal(date(2026, 11, 12), delivered_on=None, **facts).state is state
