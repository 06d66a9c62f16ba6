from datetime import datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from shop import access, clock
from shop.clock import PARIS
from shop.models import Customer, FailedLookup, Order

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


def fail(times, conversation="c", number="PX00000000", email="x@example.com", message="", address=""):
    for _ in range(times):
        with pytest.raises(access.NoMatch):
            access.find_order(conversation, number, email, message, address)


def is_locked(conversation="new", number="PX00000001", email="new@example.com", address=""):
    """Whether this look-up is locked; one that is not counts as a failure."""
    try:
        access.find_order(conversation, number, email, "", address)
    except access.Locked:
        return True
    except access.NoMatch:
        pass
    return False


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


@pytest.mark.parametrize("varied", ["number", "email"])
def test_a_stranger_never_locks_the_owner_out(shop, shipped, time, varied):
    """The owner's first right attempt succeeds, after any number of failures from any number of addresses."""
    for attempt in range(30):
        known = {"number": shipped["number"], "email": shipped["email"]}
        known[varied] = f"PX{attempt:08}" if varied == "number" else f"x{attempt}@example.com"
        fail(1, conversation=f"c{attempt}", address=f"a{attempt}", **known)
    assert access.find_order("owner's", shipped["number"], shipped["email"], "", "owner's")


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize("varied", ["number", "email"])
def test_one_address_is_locked_after_five_failures_for_one_number_or_email(shop, shipped, time, varied, exists):
    """In a new conversation each time, and whether the record exists or not."""
    known = {"number": shipped["number"], "email": shipped["email"]} if exists else {}
    for attempt in range(5):
        other = f"PX{attempt:08}" if varied == "number" else f"x{attempt}@example.com"
        fail(1, conversation=f"c{attempt}", address="one", **known | {varied: other})
    same = known or {"number": "PX00000000", "email": "x@example.com"}
    assert is_locked(address="one", **same)
    assert not is_locked(address="one"), "for another number and e-mail"


def test_one_address_that_varies_everything_is_locked_after_twenty_failures(shop, shipped, time):
    for attempt in range(20):
        fail(1, f"c{attempt}", f"PX{attempt:08}", f"x{attempt}@example.com", "1", "one")
    with pytest.raises(access.Locked):
        access.find_order("another", shipped["number"], shipped["email"], "1", "one")
    assert access.find_order("another", shipped["number"], shipped["email"], "1", "another")


def test_under_an_attack_from_many_addresses_everyone_may_fail_half_as_often(shop, shipped, time, settings):
    settings.LOOKUP_LIMIT_ALL = "30/900"
    for attempt in range(29):
        fail(1, f"c{attempt}", f"PX{attempt:08}", f"x{attempt}@example.com", "1", f"a{attempt}")
    fail(3, "new", "PX00000050", "y@example.com", "", "new")
    assert is_locked("new", "PX00000050", "y@example.com", "new")
    assert access.find_order("owner's", shipped["number"], shipped["email"], "1", "owner's")


def test_an_attack_on_one_order_counts_as_one_before_there_are_many(shop, shipped, time):
    for attempt in range(10):
        fail(1, f"c{attempt}", shipped["number"], f"x{attempt}@example.com", "1", f"a{attempt}")
    fail(3, "new", shipped["number"], "y@example.com", "", "new")
    assert is_locked("new", shipped["number"], "y@example.com", "new")
    fail(4, "other", "PX00000050", "z@example.com", "", "other")
    assert not is_locked("other", "PX00000050", "z@example.com", "other"), "another order: five"


def test_nothing_but_their_own_failures_tells_an_attacker_whether_a_record_exists(shop, shipped, time):
    """For an existing number and an unknown one, the same attempts are refused."""
    seen = []
    for name, number in ("a", shipped["number"]), ("b", "PX00000000"):
        tries = [is_locked(f"{name}{n}", number, f"x{n}@example.com", f"{name}{n % 3}") for n in range(30)]
        seen.append(tries)
    assert seen[0] == seen[1]
    assert any(seen[0])


def test_a_wrong_pair_takes_the_same_queries_whether_its_number_exists_or_not(shop, shipped):
    counts = []
    for number in (shipped["number"], "PX00000000"):
        with CaptureQueriesContext(connection) as queries:
            fail(1, conversation=f"c{number}", number=number, address=f"a{number}")
        counts.append(len(queries))
        asked = [query["sql"] for query in queries if 'FROM "shop_order"' in query["sql"]]
        assert len(asked) == 1, "the number and the e-mail in one"
        assert "email" in asked[0].partition("WHERE")[2]
    assert counts[0] == counts[1]


def test_an_email_in_capitals_in_the_shops_data_can_be_verified(shop, shipped):
    Customer.objects.filter(email=shipped["email"]).update(email=shipped["email"].upper())
    assert access.find_order("c", shipped["number"], shipped["email"])
    assert access.find_order("c", shipped["number"], shipped["email"].title())


@pytest.mark.parametrize("stored", ["", "\u017fmith@example.com", "\u212aevin@example.com"])
def test_only_ascii_letters_are_the_same_in_another_case(shop, shipped, stored):
    """Even if the database compares otherwise; nor does a customer without an e-mail match anything."""
    Customer.objects.filter(email=shipped["email"]).update(email=stored)
    for typed in ("", "smith@example.com", "kevin@example.com", stored):
        with pytest.raises(access.NoMatch):
            access.find_order(f"c{typed}", shipped["number"], typed)


@pytest.mark.parametrize(
    "form",
    [
        "{}@pirate.example",
        "{}\r\n",
        "{}\nBcc: x@pirate.example",
        "{},x@pirate.example",
        "x@pirate.example {}",
        "<{}>",
        "{}\0",
        "mailto:{}",
        "{}.pirate.example",
    ],
)
def test_only_a_whole_address_counts(shop, shipped, form):
    with pytest.raises(access.NoMatch):
        access.find_order("c", shipped["number"], form.format(shipped["email"]))


def test_with_a_new_secret_a_lock_holds_as_long_as_the_old_one_is_accepted(shop, shipped, time, settings):
    fail(5)
    settings.BOT_SECRET_FALLBACKS, settings.BOT_SECRET = [settings.BOT_SECRET], "n" * 40
    assert is_locked("c")
    assert access.forget(["c"]) == 5
    assert not is_locked("c")
    fail(5, "d")
    settings.BOT_SECRET_FALLBACKS = []
    assert is_locked("d")


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
    assert list(FailedLookup.objects.values_list("at", flat=True)) == [NOON]
    fail(1, number=f" {shipped['number'].lower()}. ", email="X@example.com ", message="1")
    assert FailedLookup.objects.count() == 1, "another spelling of the same"
    assert access.find_order("c", shipped["number"], shipped["email"], "1")


def test_the_same_pair_in_five_messages_counts_five_times(shop, shipped, time):
    for message in range(5):
        fail(2, number=shipped["number"], message=str(message))
    with pytest.raises(access.Locked):
        access.find_order("c", shipped["number"], shipped["email"], "6")


@pytest.mark.parametrize("varied", ["number", "email"])
def test_one_message_that_tries_five_pairs_locks_its_conversation(shop, shipped, time, varied):
    for attempt in range(5):
        fail(2, **{varied: f"PX0000010{attempt}" if varied == "number" else f"{attempt}@example.com"}, message="1")
    with pytest.raises(access.Locked):
        access.find_order("c", shipped["number"], shipped["email"], "1")


def test_the_same_message_number_of_another_conversation_is_another_message(shop, shipped, time):
    for conversation in range(5):
        fail(2, conversation=f"c{conversation}", number=shipped["number"], message="1", address="one")
    assert is_locked("another", shipped["number"], shipped["email"], "one")


def test_a_database_error_is_not_a_failed_attempt(shop, shipped, monkeypatch):
    def unavailable(*args, **kwargs):
        raise OperationalError("the database is unavailable")

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", unavailable)
        with pytest.raises(access.ShopUnavailable):
            access.find_order("c", shipped["number"], "wrong@example.com")
    assert not FailedLookup.objects.exists()


def test_trade_ins_have_the_same_guards(shop):
    tradein = shop["not_shipped_tradein"]
    assert access.find_tradein("c", tradein["number"], tradein["email"]).number == tradein["number"]
    with pytest.raises(access.NoMatch):
        access.find_tradein("c", tradein["number"], "x@example.com")


def test_an_order_without_shipment_is_found(shop):
    pending = shop["pending"]
    assert isinstance(access.find_order("c", pending["number"], pending["email"]), Order)


def test_counters_are_anonymous_and_deleted_after_a_day(shop, time):
    fail(1, number="PX12345678", email="camille@example.com", message="1", address="2001:db8::/64")
    kept = str(FailedLookup.objects.values_list().get())
    for shown in ("PX12345678", "camille", "2001:"):
        assert shown not in kept
    time.now = NOON + access.KEPT - timedelta(minutes=1)
    assert access.forget_past() == 0
    time.now = NOON + access.KEPT
    assert access.forget_past() == 1


def test_what_is_erased_of_a_person_or_a_conversation_counts_no_more(shop, shipped, time):
    fail(1, "a", email="camille@example.com")
    fail(1, "b", number="PX12345678")
    fail(1, "c")
    assert access.forget([], email="Camille@example.com", number="PX12345678") == 2
    assert access.forget(["c", "d"]) == 1
