"""What customers are promised, whatever breaks: each fault of harness/faults.py happens while they write."""

import time
from dataclasses import dataclass

from chat.sentences import LATE, UNAVAILABLE
from harness.delivery_stats import Count, all_answered, count
from harness.deployments import Site
from harness.faults import FAULTS, Fault
from harness.load_clients import DEAF_SECONDS, NO_CONNECTION, Crowd
from harness.processes import wait_for

CUSTOMERS = 6
# A fault lasts at least so long: longer than a Rasa process or a lease is waited for, and than Rasa believes of an
# action server that it answers.
FAULT_SECONDS = 6
# The promise is five seconds; these machines are shared.
FIRST_WORD_SECONDS = 10
# The widget speaks for a server that cannot be reached (tests/browser/test_connection.py).
TRUE_WORDS = {LATE, UNAVAILABLE, NO_CONNECTION}
# The health page's status, 0 where nobody answers, and the parts that are red.
Health = tuple[int, frozenset[str]]


@dataclass(frozen=True)
class Outcome:
    """`saw`: what customers read besides answers. `health`: what was found at the first web process meanwhile.

    Seconds until a posted message was acknowledged or refused, and from then to a first word, both the slowest; and
    from the cure to everybody's next answer.
    """

    saw: set[str]
    health: Health
    slowest_post: float
    first_word: float
    recovered_after: float
    count: Count


def under_load(site: Site, fault: Fault) -> Outcome:
    """Let it happen while customers write, until each was served or told and some time is over; then cure it."""
    with site.crowd(CUSTOMERS) as crowd:
        wait_for(lambda: crowd.all_answered_since(0))
        struck = time.monotonic()
        with fault.strike(site):
            health = _through(site, crowd, fault, struck)
        cured = time.monotonic()
        wait_for(lambda: crowd.all_answered_since(cured), 120)
        recovered_after = time.monotonic() - cured
    site.processes.wait_until_healthy()
    return Outcome(
        saw=crowd.saw_since(struck),
        health=health,
        slowest_post=max(max(one.posts) for one in crowd.customers),
        first_word=max(max(one.first_words) for one in crowd.customers),
        recovered_after=recovered_after,
        count=count(site.processes, crowd.customers),
    )


def _through(site: Site, crowd: Crowd, fault: Fault, struck: float) -> Health:
    """While it lasts: customers, then the health page."""
    met = crowd.all_served_since if fault.serves else crowd.all_served_or_told_since
    # The clock is how long the fault is.
    wait_for(lambda: met(struck) and time.monotonic() > struck + FAULT_SECONDS, 90)
    # Where the one web process hangs, nobody need wait to learn that its page does too.
    status, page = site.processes.health() if fault.serves or not fault.silent else (0, "")
    parts = page["parts"] if status else {}
    return status, frozenset(name for name, state in parts.items() if state != "ok")


def hold_the_promise(site: Site, name: str) -> None:
    """What was acknowledged is answered once, truly, and customers and who runs it read the truth, soon."""
    fault = FAULTS[name]
    found = under_load(site, fault)
    print(name, found)  # for who wonders by how much, `pytest -rP`
    assert found.saw or fault.serves, "nobody noticed: did it happen at all?"
    assert found.count == all_answered(found.count.acknowledged), found.count
    assert found.saw <= TRUE_WORDS, found.saw
    assert found.first_word < FIRST_WORD_SECONDS, found.first_word
    assert found.slowest_post < DEAF_SECONDS or fault.silent, "a message was neither taken nor refused"
    assert fault.is_told_by(*found.health), found.health
