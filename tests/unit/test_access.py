from datetime import datetime, timedelta

import pytest
from django.db import OperationalError, connection

from shop import access, clock
from shop.clock import PARIS
from shop.models import LookupFailure, LookupGuard, Order

NOON = datetime(2026, 11, 23, 12, tzinfo=PARIS)


@pytest.fixture
def time(monkeypatch):
    """A clock that the test sets."""

    class Clock:
        now = NOON

    monkeypatch.setattr(clock, "now", lambda: Clock.now)
    return Clock


@pytest.fixture
def shipped(shop):
    return shop["shipped"]


def fail(times, conversation="c", number="PX00000000", email="x@example.com", message=""):
    for _ in range(times):
        with pytest.raises(access.NoMatch):
            access.find_order(conversation, number, email, message)


def test_number_and_email_open_the_order(shipped):
    order = access.find_order("c", f" {shipped['number'].lower()}. ", f" {shipped['email'].upper()} ")
    assert order.number == shipped["number"]


def test_a_wrong_email_and_a_wrong_number_read_alike(shop, shipped):
    with pytest.raises(access.NoMatch) as wrong_email:
        access.find_order("c", shipped["number"], "someone@example.com")
    with pytest.raises(access.NoMatch) as wrong_number:
        access.find_order("c", "PX00000000", shipped["email"])
    assert str(wrong_email.value) == str(wrong_number.value)


def test_another_customers_email_opens_nothing(shop, shipped):
    with pytest.raises(access.NoMatch):
        access.find_order("c", shipped["number"], shop["validated"]["email"])


@pytest.mark.parametrize("number", ["", "' OR '1'='1", "PX%", "x" * 5000])
def test_hostile_numbers_match_nothing(shop, shipped, number):
    with pytest.raises(access.NoMatch):
        access.find_order("c", number, shipped["email"])


def test_five_failures_lock_the_conversation_even_for_a_right_pair(shop, shipped, time):
    for attempt in range(5):
        fail(1, number=f"PX0000000{attempt}")
    with pytest.raises(access.Locked) as locked:
        access.find_order("c", shipped["number"], shipped["email"])
    assert locked.value.until == NOON + timedelta(minutes=15)


def test_five_failures_lock_the_email_for_everyone(shop, shipped, time):
    for attempt in range(5):
        fail(1, conversation=f"c{attempt}", number=f"PX0000000{attempt}", email=shipped["email"])
    with pytest.raises(access.Locked):
        access.find_order("another", shipped["number"], shipped["email"].upper())


@pytest.mark.parametrize("exists", [True, False])
def test_five_failures_lock_the_number_for_everyone_whether_it_exists_or_not(shop, shipped, time, exists):
    number = shipped["number"] if exists else "PX00000000"
    for attempt in range(5):
        fail(1, conversation=f"c{attempt}", number=number)
    with pytest.raises(access.Locked):
        access.find_order("another", number, shipped["email"])


def test_the_lock_ends_after_fifteen_minutes(shop, shipped, time):
    fail(5)
    time.now = NOON + timedelta(minutes=14, seconds=59)
    with pytest.raises(access.Locked):
        access.find_order("c", shipped["number"], shipped["email"])
    time.now = NOON + timedelta(minutes=15)
    assert access.find_order("c", shipped["number"], shipped["email"])


def test_failures_older_than_fifteen_minutes_do_not_count(shop, time):
    fail(4)
    time.now = NOON + timedelta(minutes=15)
    fail(4)


def test_attempts_while_locked_do_not_prolong_the_lock(shop, time):
    fail(5)
    time.now = NOON + timedelta(minutes=10)
    with pytest.raises(access.Locked) as locked:
        access.find_order("c", "PX00000000", "x@example.com")
    assert locked.value.until == NOON + timedelta(minutes=15)


def test_an_attempt_counts_once_however_often_its_message_is_retried(shop, shipped, time):
    fail(20, number=shipped["number"], message="1")
    assert list(LookupGuard.objects.values_list("failures__at", flat=True)) == [NOON] * 3
    fail(1, number=f" {shipped['number'].lower()}. ", email="X@example.com ", message="1")
    assert LookupFailure.objects.count() == 3, "another spelling of the same"
    assert access.find_order("c", shipped["number"], shipped["email"], "1")


def test_the_same_pair_in_five_messages_counts_five_times(shop, shipped, time):
    for message in range(5):
        fail(2 if message < 4 else 1, number=shipped["number"], message=str(message))
    with pytest.raises(access.Locked):
        access.find_order("c", shipped["number"], shipped["email"], "6")


@pytest.mark.parametrize("varied", ["number", "email"])
def test_one_message_that_tries_five_pairs_locks_its_conversation(shop, shipped, time, varied):
    for attempt in range(5):
        fail(2 if attempt < 4 else 1, **{varied: f"{attempt}@example.com"}, message="1")
    with pytest.raises(access.Locked):
        access.find_order("c", shipped["number"], shipped["email"], "1")


def test_the_same_message_number_of_another_conversation_is_another_message(shop, shipped, time):
    for conversation in range(5):
        fail(2 if conversation < 4 else 1, conversation=f"c{conversation}", number=shipped["number"], message="1")
    with pytest.raises(access.Locked):
        access.find_order("another", shipped["number"], shipped["email"], "1")


def test_the_fifth_failure_asked_again_meets_its_own_lock_and_does_not_prolong_it(shop, time):
    for message in range(5):
        fail(1, message=str(message))
    time.now = NOON + timedelta(minutes=1)
    with pytest.raises(access.Locked) as locked:
        access.find_order("c", "PX00000000", "x@example.com", "4")
    assert locked.value.until == NOON + timedelta(minutes=15)
    assert not LookupFailure.objects.exists()


def test_a_database_fault_is_a_fault_and_no_failure(shop, shipped, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("the database is unavailable")

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", away)
        with pytest.raises(access.ShopUnavailable):
            access.find_order("c", shipped["number"], "wrong@example.com")
    assert LookupFailure.objects.count() == 0


def test_trade_ins_have_the_same_door(shop):
    tradein = shop["not_shipped_tradein"]
    assert access.find_tradein("c", tradein["number"], tradein["email"]).number == tradein["number"]
    with pytest.raises(access.NoMatch):
        access.find_tradein("c", tradein["number"], "x@example.com")


def test_an_order_without_shipment_is_found(shop):
    pending = shop["pending"]
    assert isinstance(access.find_order("c", pending["number"], pending["email"]), Order)


def test_counters_are_anonymous_and_deleted_when_they_expire(shop, time):
    fail(1, number="PX12345678", email="camille@example.com", message="1")
    kept = " ".join(LookupGuard.objects.values_list("pk", flat=True))
    kept += " ".join(LookupFailure.objects.values_list("attempt", flat=True))
    assert "PX12345678" not in kept
    assert "camille" not in kept
    fail(4, number="PX12345678", email="camille@example.com")
    time.now = NOON + timedelta(minutes=14)
    access.forget_past()
    with pytest.raises(access.Locked):
        access.find_order("other", "PX00000000", "camille@example.com")
    time.now = NOON + timedelta(minutes=31)
    access.forget_past()
    assert not LookupGuard.objects.exists()
