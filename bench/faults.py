"""`python -m bench.faults`: what customers see during each fault under load, as a table.

It must run as root, because one of the faults is a full disk.
"""

import tempfile
from pathlib import Path

from bench.table import Table
from chat.system_messages import LATE, UNAVAILABLE
from harness.deployments import one_machine, several_processes
from harness.faults import ON_ONE_MACHINE, ON_SEVERAL_PROCESSES
from harness.load_clients import NO_CONNECTION
from harness.replies import APOLOGIES
from harness.slo import Outcome, under_load

SAW = {LATE: "late", UNAVAILABLE: "unavailable", NO_CONNECTION: "no connection"} | dict.fromkeys(APOLOGIES, "apology")
HEADINGS = [
    "messages", "customers read", "`/healthz`", "posted within, s", "first response within, s", "apologised", "lost",
    "duplicates", "served again after, s",
]  # fmt: skip


def row(table: Table, fault: str, found: Outcome) -> None:
    notices = ", ".join(sorted(SAW.get(words, words) for words in found.notices)) or "answers only"
    status, unhealthy = found.health
    health = ", ".join([str(status) if status else "no answer", *sorted(unhealthy)])
    counts = map(str, (found.delivery.apologised, found.delivery.lost, found.delivery.duplicates))
    table.row(fault, str(found.delivery.acknowledged), notices, health, found.slowest_post, found.first_response,
              *counts, found.recovered_after)  # fmt: skip


def main() -> None:
    for title, installation, faults in (
        ("one process of each, SQLite", one_machine, ON_ONE_MACHINE),
        ("two of each, PostgreSQL, nginx", several_processes, ON_SEVERAL_PROCESSES),
    ):
        table = Table(title, HEADINGS)
        with tempfile.TemporaryDirectory() as folder, installation(Path(folder)) as deployment:
            for name, fault in faults.items():
                row(table, name, under_load(deployment, fault))
        table.print()


if __name__ == "__main__":
    main()
