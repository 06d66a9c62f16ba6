"""The clock goes over what calendars stumble on, and is put right, while customers write."""

import json
import time
from datetime import date, datetime, timedelta, timezone

import pytest

from actions import french
from chat.sentences import LATE
from shop.clock import PARIS
from shop.rules.phone_line import is_open
from shop.rules.withdrawal import withdrawal_deadline
from tests import moved_clock
from tests.chat_client import ChatClient
from tests.conftest import MODEL
from tests.moved_clock import MovedClock
from tests.processes import Processes, started, wait_for

pytestmark = pytest.mark.processes
HALF = 2
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
def site(clock, tmp_path_factory):
    if not MODEL.exists():
        pytest.skip("no trained model: make train")
    processes = Processes(tmp_path_factory.mktemp("site"))
    processes.env |= clock.environment
    with started(processes):
        yield processes


def talk(chat, site, clock, until):
    """Write before and after the processes' clock passes `until`; each message has its answer."""
    said = [f"bonjour {number}" for number in range(2 * HALF)]
    for number, text in enumerate(said):
        if number == HALF:
            wait_for(lambda: clock.now() > until)
        replies = chat.say(text)
        assert replies
        assert LATE not in [reply["text"] for reply in replies]
    stored = [message["text"] for message in chat.messages if message["from"] == "customer"]
    assert stored == site.rasa_messages(chat.token.split(":")[0]) == said


@pytest.mark.parametrize("crossing", CROSSINGS)
def test_a_conversation_crosses_it(site, clock, crossing):
    # In UTC, which knows neither a missing hour nor a double one.
    moment = CROSSINGS[crossing].replace(tzinfo=PARIS).astimezone(timezone.utc)
    clock.set(moment - timedelta(seconds=2))
    chat = ChatClient(site.web_url).open()
    talk(chat, site, clock, moment + timedelta(seconds=1))
    told = " ".join(reply["text"] for reply in chat.say("je veux parler à quelqu'un"))
    assert ("ouverte en ce moment" in told) == is_open(clock.now()), told


@pytest.mark.parametrize("today", [date(2027, 3, 28), date(2027, 10, 31), date(2028, 2, 29), date(2026, 12, 20)])
def test_the_last_day_to_withdraw_is_a_day_of_paris(site, clock, today):
    """Half an hour after midnight in Paris it is still yesterday in Greenwich."""
    clock.set(datetime(today.year, today.month, today.day, 0, 30, tzinfo=PARIS))
    orders = {one["label"]: one for one in json.loads(site.manage("demo", "--load", "--json"))}
    order = orders["delivered_recent"]
    chat = ChatClient(site.web_url).open()
    replies = chat.say(f"je veux renvoyer ma commande {order['number']}, mon mail {order['email']}")
    told = " ".join(reply["text"] for reply in replies)
    assert french.day(withdrawal_deadline(date.fromisoformat(order["delivered_on"]))) in told


def test_a_clock_that_is_put_back_an_hour_delays_nobody(site, clock):
    """What was leased, counted and promised « until then » would hold for an hour more."""
    clock.move(timedelta(hours=1))
    chat = ChatClient(site.web_url).open()
    assert chat.say("bonjour")
    site.kill("rasa")
    seq = chat.post("où est mon colis ?").json["seq"]
    site.kill("web")
    clock.move(timedelta())
    site.start("rasa")
    site.start("web")
    site.wait_until_healthy()
    begin = time.monotonic()
    chat.wait_for_answer(seq, patience=30)
    assert time.monotonic() - begin < 30
    assert site.rasa_messages(chat.token.split(":")[0]) == ["bonjour", "où est mon colis ?"]


def test_who_wrote_much_before_the_clock_was_put_back_is_not_locked_out(site, clock):
    clock.move(timedelta(hours=1))
    chat = ChatClient(site.web_url).open()
    # Some more than the limit: a machine that is loaded may turn one away for another reason.
    refused = [answer for answer in (chat.post("bonjour") for _ in range(45)) if answer.status == 429]
    assert int(refused[-1].headers["retry-after"]) <= 60
    clock.move(timedelta())
    wait_for(lambda: chat.post("bonjour").status == 202, 20)
