"""What customers are promised, whatever breaks: each fault of harness/faults.py happens while they write."""

import time
from dataclasses import dataclass

from chat.system_messages import LATE, UNAVAILABLE
from harness.delivery_stats import DeliveryStats, all_answered, delivery_stats
from harness.deployments import Deployment
from harness.faults import FAULTS, Fault
from harness.load_clients import CLIENT_TIMEOUT, NO_CONNECTION, LoadClients
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
    delivery: DeliveryStats


def under_load(deployment: Deployment, fault: Fault) -> Outcome:
    """Let it happen while customers write, until each was served or told and some time is over; then cure it."""
    with deployment.clients(CUSTOMERS) as clients:
        wait_for(lambda: clients.all_answered_since(0))
        injected_at = time.monotonic()
        with fault.inject(deployment):
            health = _through(deployment, clients, fault, injected_at)
        healed_at = time.monotonic()
        wait_for(lambda: clients.all_answered_since(healed_at), 120)
        recovered_after = time.monotonic() - healed_at
    deployment.processes.wait_until_healthy()
    return Outcome(
        saw=clients.saw_since(injected_at),
        health=health,
        slowest_post=max(max(one.posts) for one in clients.customers),
        first_word=max(max(one.first_words) for one in clients.customers),
        recovered_after=recovered_after,
        delivery=delivery_stats(deployment.processes, clients.customers),
    )


def _through(deployment: Deployment, clients: LoadClients, fault: Fault, injected_at: float) -> Health:
    """While it lasts: customers, then the health page."""
    met = clients.all_served_since if fault.serves else clients.all_served_or_told_since
    # The clock is how long the fault is.
    wait_for(lambda: met(injected_at) and time.monotonic() > injected_at + FAULT_SECONDS, 90)
    # Where the one web process hangs, nobody need wait to learn that its page does too.
    status, page = deployment.processes.health() if fault.serves or not fault.silent else (0, "")
    parts = page["parts"] if status else {}
    return status, frozenset(name for name, state in parts.items() if state != "ok")


def assert_slo(deployment: Deployment, name: str) -> None:
    """What was acknowledged is answered once, truly, and customers and who runs it read the truth, soon."""
    fault = FAULTS[name]
    found = under_load(deployment, fault)
    print(name, found)  # for who wonders by how much, `pytest -rP`
    assert found.saw or fault.serves, "nobody noticed: did it happen at all?"
    assert found.delivery == all_answered(found.delivery.acknowledged), found.delivery
    assert found.saw <= TRUE_WORDS, found.saw
    assert found.first_word < FIRST_WORD_SECONDS, found.first_word
    assert found.slowest_post < CLIENT_TIMEOUT or fault.silent, "a message was neither taken nor refused"
    assert fault.matches_health_page(*found.health), found.health
