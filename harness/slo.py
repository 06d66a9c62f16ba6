"""Service-level checks: each fault of harness/faults.py is injected while customers write."""

import time
from dataclasses import dataclass

from chat.system_messages import LATE, UNAVAILABLE
from harness.delivery_stats import DeliveryStats, all_answered, delivery_stats
from harness.deployments import Deployment
from harness.faults import FAULTS, Fault
from harness.load_clients import CLIENT_TIMEOUT, NO_CONNECTION, LoadClients
from harness.processes import wait_for
from harness.settings import FAULT_SECONDS

CUSTOMERS = 6
# The objective is five seconds; a shared machine may need longer.
FIRST_RESPONSE_SECONDS = 10
# The widget shows its own notice if the server cannot be reached (tests/browser/test_connection.py).
EXPECTED_NOTICES = {LATE, UNAVAILABLE, NO_CONNECTION}
# The health page's status (0 without a response), and the unhealthy parts.
Health = tuple[int, frozenset[str]]


@dataclass(frozen=True)
class Outcome:
    """`notices`: what customers saw besides answers. `health`: the first web process's health during the fault.

    The slowest, in seconds: from a post to its acknowledgement or failure; from there to the first message or notice;
    and from the end of the fault until every customer was answered again.
    """

    notices: set[str]
    health: Health
    slowest_post: float
    first_response: float
    recovered_after: float
    delivery: DeliveryStats


def under_load(deployment: Deployment, fault: Fault) -> Outcome:
    """Inject the fault under load until every customer was served or notified, at least FAULT_SECONDS; then end it."""
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
        notices=clients.notices_since(injected_at),
        health=health,
        slowest_post=max(max(one.posts) for one in clients.customers),
        first_response=max(max(one.first_responses) for one in clients.customers),
        recovered_after=recovered_after,
        delivery=delivery_stats(deployment.processes, clients.customers),
    )


def _through(deployment: Deployment, clients: LoadClients, fault: Fault, injected_at: float) -> Health:
    """Wait until the customers were served or notified during the fault, then return the health."""
    met = clients.all_served_since if fault.serves else clients.all_served_or_notified_since
    # The fault's duration is real time.
    wait_for(lambda: met(injected_at) and time.monotonic() > injected_at + FAULT_SECONDS, 90)
    # If the only web process hangs, its health page hangs too.
    status, page = deployment.processes.health() if fault.serves or not fault.hangs else (0, "")
    parts = page["parts"] if status else {}
    return status, frozenset(name for name, state in parts.items() if state != "ok")


def assert_slo(deployment: Deployment, name: str) -> None:
    """Assert that every acknowledged message is answered once and correctly, and that notices come in time."""
    fault = FAULTS[name]
    found = under_load(deployment, fault)
    print(name, found)  # shown with `pytest -rP`
    assert found.notices or fault.serves, "no customer saw a notice: was the fault injected?"
    assert found.delivery == all_answered(found.delivery.acknowledged), found.delivery
    assert found.notices <= EXPECTED_NOTICES, found.notices
    assert found.first_response < FIRST_RESPONSE_SECONDS, found.first_response
    assert found.slowest_post < CLIENT_TIMEOUT or fault.hangs, "a message was neither acknowledged nor refused in time"
    assert fault.matches_health_page(*found.health), found.health
