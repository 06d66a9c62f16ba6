"""Faults that a running installation may meet, each with its cure: done for real, under load, and told as a row.

`python -m bench.faults` prints the rows; `hold_the_promise` is what the tests ask of each.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from chat.sentences import LATE, UNAVAILABLE
from tests.crowd import NO_CONNECTION, Count, count
from tests.processes import wait_for
from tests.sites import Site

CUSTOMERS = 6
# The promise is five seconds; these machines are shared.
FIRST_WORD_SECONDS = 10
# The widget speaks for a server that cannot be reached (tests/browser/test_connection.py).
TRUE_WORDS = {LATE, UNAVAILABLE, NO_CONNECTION}
Strike = Callable[[Site], AbstractContextManager[None]]


@dataclass(frozen=True)
class Outcome:
    """`saw`: what customers read besides answers. Seconds to the slowest first word, and to everybody's next answer."""

    saw: set[str]
    first_word: float
    recovered_after: float
    count: Count


def under_load(site: Site, strike: Strike) -> Outcome:
    """Let it happen while customers write, until one notices or all are served all the same; then cure it."""
    with site.crowd(CUSTOMERS) as crowd:
        wait_for(lambda: crowd.all_answered_since(0))
        struck = time.monotonic()
        with strike(site):
            wait_for(lambda: crowd.saw(LATE) or crowd.all_answered_since(struck + 1), 90)
        cured = time.monotonic()
        wait_for(lambda: crowd.all_answered_since(cured), 120)
        recovered_after = time.monotonic() - cured
        site.processes.wait_until_healthy()
    slowest = max(max(one.first_words) for one in crowd.customers)
    return Outcome(crowd.saw(LATE), slowest, recovered_after, count(site.processes, crowd.customers))


def hold_the_promise(site: Site, fault: str) -> None:
    """What was acknowledged is answered once, and customers read the truth, soon."""
    found = under_load(site, FAULTS[fault])
    assert found.saw or fault.startswith(UNNOTICED), "nobody noticed: did it happen at all?"
    assert found.count == Count(*[found.count.acknowledged] * 4, lost=0, twice=0)
    assert found.saw <= TRUE_WORDS
    assert found.first_word < FIRST_WORD_SECONDS


def killed(name: str) -> Strike:
    @contextmanager
    def strike(site: Site) -> Iterator[None]:
        site.processes.kill(name)
        yield
        site.processes.start(name)

    return strike


def frozen(name: str) -> Strike:
    @contextmanager
    def strike(site: Site) -> Iterator[None]:
        site.processes.freeze(name)
        try:
            yield
        finally:
            site.processes.thaw(name)

    return strike


def locked(database: str) -> Strike:
    return lambda site: locked_file(site.processes.folder / database)


@contextmanager
def locked_file(database: Path) -> Iterator[None]:
    """Another program writes to the SQLite file, and does not come to an end."""
    with closing(sqlite3.connect(database, isolation_level=None, timeout=30)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            writer.execute("ROLLBACK")


@contextmanager
def full_disk(site: Site) -> Iterator[None]:
    """Not one byte more fits where databases and logs are; for a folder on a file system of its own."""
    filler = site.processes.folder / "filler"
    _fill(filler)
    try:
        yield
    finally:
        filler.unlink()


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while file.write(b"\0" * size):
                    pass
            except OSError:
                continue


def slow_actions(seconds: float) -> Strike:
    @contextmanager
    def strike(site: Site) -> Iterator[None]:
        assert site.relay
        site.relay.delay = seconds
        try:
            yield
        finally:
            site.relay.delay = 0

    return strike


@contextmanager
def stopped_database(site: Site) -> Iterator[None]:
    assert site.database
    site.database.stop()
    try:
        yield
    finally:
        site.database.start()


def without_model(content: bytes | None) -> Strike:
    """Rasa is started again while its model is missing, or is another file."""

    @contextmanager
    def strike(site: Site) -> Iterator[None]:
        model = Path(site.processes.env["MODEL"])
        kept = model.rename(model.with_suffix(".kept"))
        if content is not None:
            model.write_bytes(content)
        site.processes.kill("rasa")
        site.processes.start("rasa")
        try:
            yield
        finally:
            kept.rename(model)
            site.processes.kill("rasa")
            site.processes.start("rasa")

    return strike


ON_ONE_MACHINE: dict[str, Strike] = {
    **{f"{name} killed (-9)": killed(name) for name in ("web", "rasa", "actions", "sync")},
    **{f"{name} stopped (SIGSTOP)": frozen(name) for name in ("web", "rasa", "actions", "sync")},
    "actions answer after 5 s": slow_actions(5),
    "actions answer after 20 s": slow_actions(20),
    "the chat's database locked": locked("pixmania.sqlite3"),
    "Rasa's database locked": locked("rasa.sqlite3"),
    "disk full": full_disk,
    "model missing": without_model(None),
    "model corrupt": without_model(b"not a model"),
}
ON_SEVERAL_PROCESSES: dict[str, Strike] = {
    **{f"one of two {name} killed (-9)": killed(f"{name}-2") for name in ("web", "rasa", "actions")},
    **{f"one of two {name} stopped (SIGSTOP)": frozen(f"{name}-2") for name in ("web", "rasa", "actions")},
    "PostgreSQL stopped": stopped_database,
}
FAULTS = ON_ONE_MACHINE | ON_SEVERAL_PROCESSES
# The customer may notice nothing of these.
UNNOTICED = ("sync", "one of two")
