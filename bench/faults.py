"""`python -m bench.faults`: each fault under load, and what customers met, as a table. As root: a disk is filled."""

import tempfile
from pathlib import Path

from bench.table import Table
from chat.sentences import LATE, UNAVAILABLE
from tests.crowd import NO_CONNECTION
from tests.faults import ON_ONE_MACHINE, ON_SEVERAL_PROCESSES, Outcome, under_load
from tests.sites import one_machine, several_processes

SAW = {LATE: "late", UNAVAILABLE: "unavailable", NO_CONNECTION: "no connection"}
HEADINGS = ["messages", "customers read", "first word within, s", "lost", "twice", "served again after, s"]


def row(table: Table, fault: str, found: Outcome) -> None:
    saw = ", ".join(sorted(SAW.get(words, words) for words in found.saw)) or "answers only"
    numbers = found.count
    table.row(fault, str(numbers.acknowledged), saw, found.first_word, str(numbers.lost), str(numbers.twice),
              found.recovered_after)  # fmt: skip


def main() -> None:
    for title, installation, faults in (
        ("one process of each, SQLite", one_machine, ON_ONE_MACHINE),
        ("two of each, PostgreSQL, nginx", several_processes, ON_SEVERAL_PROCESSES),
    ):
        table = Table(title, HEADINGS)
        with tempfile.TemporaryDirectory() as folder, installation(Path(folder)) as site:
            for fault, strike in faults.items():
                row(table, fault, under_load(site, strike))
        table.print()


if __name__ == "__main__":
    main()
