"""The clock crosses a leap day, a change of time or a year's end, or is corrected, while customers write."""

import json
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings

from harness import moved_clock
from harness.chat_client import ChatClient
from harness.delivery_stats import all_answered, delivery_stats
from harness.load_clients import LoadClients
from harness.moved_clock import MovedClock
from harness.processes import Processes, started, wait_for
from harness.slo import EXPECTED_NOTICES
from shop import formatting
from shop.clock import PARIS
from shop.rules.phone_line import is_open
from shop.rules.withdrawal import withdrawal_deadline
from tests.conftest import MODEL

pytestmark = pytest.mark.processes
# Slightly less than until a delay notice, because the moved clock has a resolution.
WAITED_SECONDS = settings.CHAT_DELAY_NOTICE_SECONDS - 0.1
# Customers start this long before the crossing, enough for a first answer of processes that have answered before.
BEFORE = timedelta(seconds=20)
CROSSINGS = {
    "to summer time": datetime(2027, 3, 28, 3, 0),
    "to winter time": datetime(2027, 10, 31, 2, 0, fold=1),
    "to 29 February": datetime(2028, 2, 29),
    "to 1 March of a leap year": datetime(2028, 3, 1),
    "to a new year": datetime(2027, 1, 1),
    "the telephone opens": datetime(2026, 11, 30, 10),
    "the telephone closes": datetime(2026, 12, 1, 18),
    "to a public holiday": datetime(2026, 12, 25),
}


@pytest.fixture(scope="module")
def clock(tmp_path_factory):
    if not moved_clock.installed():
        pytest.skip("libfaketime is not installed (Debian: faketime)")
    return MovedClock(tmp_path_factory.mktemp("clock"))


@pytest.fixture(scope="module")
def processes(clock, tmp_path_factory):
    if not MODEL.exists():
        pytest.skip("no trained model: make train")
    processes = Processes(tmp_path_factory.mktemp("moved"))
    # A jump must not make conversations quiet, because clients would miss the hidden messages.
    processes.env |= clock.environment | {"QUIET_MINUTES": "600"}
    with started(processes):
        with clients_of(processes) as customers:
            wait_for(lambda: customers.all_answered_since(0))
        yield processes


def clients_of(processes):
    """Customers below the rate limit of 30 messages a minute; few, because reading a moved clock is slow."""
    return LoadClients(processes.web_url, 3, reading=2.1)


def assert_all_is_answered_once(processes, clients):
    found = delivery_stats(processes, clients.customers)
    assert found == all_answered(found.acknowledged)
    assert clients.notices_since(0) <= EXPECTED_NOTICES


@pytest.mark.parametrize("crossing", CROSSINGS)
def test_customers_write_while_the_clock_crosses_it(processes, clock, crossing):
    # In UTC, which has no missing and no repeated hour.
    moment = CROSSINGS[crossing].replace(tzinfo=PARIS).astimezone(UTC)
    clock.set(moment - BEFORE)
    with clients_of(processes) as customers:
        wait_for(lambda: customers.all_answered_since(0))
        assert clock.now() < moment, "nobody was answered before the crossing"
        wait_for(lambda: clock.now() > moment)
        crossed = time.monotonic()
        wait_for(lambda: customers.all_served_since(crossed))
    assert_all_is_answered_once(processes, customers)
    # Real time is not affected: only customers who really waited get a delay notice.
    assert all(seconds > WAITED_SECONDS for one in customers.customers for seconds in one.delay_notices_after)
    replies = ChatClient(processes.web_url).open().say("je veux parler à quelqu'un")
    text = " ".join(reply["text"] for reply in replies)
    assert ("ouverte en ce moment" in text) == is_open(clock.now()), text


def test_the_clock_jumps_while_customers_write(processes, clock):
    """It jumps by an hour, forwards and backwards, which shifts every stored time limit."""
    clock.move(timedelta())
    with clients_of(processes) as customers:
        for hours in (1, 0, -1, 0):
            wait_for(lambda: customers.all_answered_since(0))
            clock.move(timedelta(hours=hours))
            jumped = time.monotonic()
            wait_for(lambda jumped=jumped: customers.all_served_since(jumped))
    assert_all_is_answered_once(processes, customers)


@pytest.mark.parametrize("today", [date(2027, 3, 28), date(2027, 10, 31), date(2028, 2, 29), date(2026, 12, 20)])
def test_the_last_day_to_withdraw_is_a_day_of_paris(processes, clock, today):
    """Half an hour after midnight in Paris, it is still yesterday in UTC."""
    clock.set(datetime(today.year, today.month, today.day, 0, 30, tzinfo=PARIS))
    orders = {one["label"]: one for one in json.loads(processes.manage("demo", "--load", "--json"))}
    order = orders["delivered_recent"]
    chat = ChatClient(processes.web_url).open()
    replies = chat.say(f"je veux renvoyer ma commande {order['number']}, mon mail {order['email']}")
    text = " ".join(reply["text"] for reply in replies)
    assert formatting.full_date(withdrawal_deadline(date.fromisoformat(order["delivered_on"]))) in text


def test_a_clock_set_back_by_an_hour_delays_no_customer(processes, clock):
    """Without precautions, leases, limits and expiry times would last an hour longer."""
    clock.move(timedelta(hours=1))
    chat = ChatClient(processes.web_url).open()
    assert chat.say("bonjour")
    processes.kill("bot")
    seq = chat.post("où est mon colis ?").json["seq"]
    processes.kill("web")
    clock.move(timedelta())
    processes.start("bot")
    processes.start("web")
    processes.wait_until_healthy()
    begin = time.monotonic()
    chat.wait_for_answer(seq, timeout=30)
    assert time.monotonic() - begin < 30
    assert processes.rasa_messages(chat.token.split(":")[0]) == ["bonjour", "où est mon colis ?"]


def test_a_clock_set_back_does_not_lock_a_busy_customer_out(processes, clock):
    clock.move(timedelta(hours=1))
    chat = ChatClient(processes.web_url).open()
    # A few more than the limit, because a loaded machine may refuse one for another reason.
    refused = [answer for answer in (chat.post("bonjour") for _ in range(45)) if answer.status == 429]
    assert int(refused[-1].headers["retry-after"]) <= 60
    clock.move(timedelta())
    wait_for(lambda: chat.post("bonjour").status, 20, equal_to=202)
