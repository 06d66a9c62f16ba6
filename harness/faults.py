"""Faults that a running installation may meet, each with its cure: done for real, and what is true of it meanwhile.

harness/slo.py has them happen under load and says what is asked of each; `python -m bench.faults` prints the rows.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from harness import signals
from harness.deployments import Site
from harness.processes import wait_for

Strike = Callable[[Site], AbstractContextManager[None]]
# Of the health page.
PARTS = ("database", "actions", "rasa")


@dataclass(frozen=True)
class Fault:
    """`strike` lasts as long as its context.

    `red`: the parts that the first web process's health page names meanwhile, and `perhaps` more, which it then may
    say are away; None where it is not there, or does not see it. `serves`: everybody is answered while it lasts; else
    they may be told that it takes longer, or that nobody is there. `silent`: a web process hangs, and does not even
    refuse what is posted to it.
    """

    strike: Strike
    red: frozenset[str] | None
    perhaps: frozenset[str] = frozenset()
    serves: bool = False
    silent: bool = False

    def is_told_by(self, status: int, red: frozenset[str]) -> bool:
        """Does the health page tell the truth? A part serves as long as one of its processes does."""
        if self.red is None:
            return True
        if not self.red <= red <= self.red | self.perhaps:
            return False
        return status == (200 if self.serves and not red & self.perhaps else 503)


def killed(name: str) -> Strike:
    return lambda site: site.processes.killed(name)


def frozen(name: str) -> Strike:
    return lambda site: signals.frozen(partial(site.pids, name))


def slowed(name: str) -> Strike:
    return lambda site: signals.slowed(partial(site.pids, name))


@contextmanager
def frozen_worker(site: Site) -> Iterator[None]:
    """Between its transactions: inside of one it holds SQLite's lock, and that is « the chat's database locked »."""
    wait_for(lambda: _is_stopped_without_a_lock(site))
    try:
        yield
    finally:
        site.processes.thaw("sync")


def _is_stopped_without_a_lock(site: Site) -> bool:
    site.processes.freeze("sync")
    database = site.processes.folder / "pixmania.sqlite3"
    try:
        with locked_file(database, patience=1):
            return True
    except sqlite3.OperationalError:
        site.processes.thaw("sync")
        return False


def locked(database: str) -> Strike:
    return lambda site: locked_file(site.processes.folder / database)


@contextmanager
def locked_file(database: Path, patience: float = 30) -> Iterator[None]:
    """Another program writes to the SQLite file, and does not come to an end."""
    with closing(sqlite3.connect(database, isolation_level=None, timeout=patience)) as writer:
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


def slow_line(name: str, seconds: float) -> Strike:
    """Each piece of what it answers arrives so much later."""

    @contextmanager
    def strike(site: Site) -> Iterator[None]:
        line = site.lines[name]
        line.delay = seconds
        try:
            yield
        finally:
            line.delay = 0

    return strike


@contextmanager
def switched_off_database(site: Site) -> Iterator[None]:
    assert site.database
    site.database.stop()
    try:
        yield
    finally:
        site.database.start()


@contextmanager
def killed_proxy(site: Site) -> Iterator[None]:
    assert site.proxy
    site.proxy.kill()
    try:
        yield
    finally:
        site.proxy.start()


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


def _away(strike: Strike, *red: str, perhaps: str = "") -> Fault:
    return Fault(strike, frozenset(red), perhaps=frozenset({perhaps} - {""}))


def _served(strike: Strike, *red: str) -> Fault:
    return Fault(strike, frozenset(red), serves=True)


def _slow(name: str, *perhaps: str) -> Fault:
    """Everybody is served; that a part answers the health page within its three seconds is promised to nobody."""
    return Fault(slowed(name), frozenset(), perhaps=frozenset(perhaps), serves=True)


def _hard_of_hearing(strike: Strike) -> Fault:
    """Nobody is promised that such a process refuses in time what it cannot do."""
    return Fault(strike, red=None, silent=True)


ON_ONE_MACHINE: dict[str, Fault] = {
    "web killed (-9)": Fault(killed("web"), red=None),
    "rasa killed (-9)": _away(killed("rasa"), "rasa"),
    # Rasa says so too, when none has answered it for some seconds.
    "actions killed (-9)": _away(killed("actions"), "actions", "rasa"),
    "sync killed (-9)": _served(killed("sync")),
    "web stopped (SIGSTOP)": _hard_of_hearing(frozen("web")),
    "rasa stopped (SIGSTOP)": _away(frozen("rasa"), "rasa"),
    "actions stopped (SIGSTOP)": _away(frozen("actions"), "actions", "rasa"),
    "sync stopped (SIGSTOP)": _served(frozen_worker),
    "web slow (a fifth of its time)": _slow("web", *PARTS),
    "rasa slow (a fifth of its time)": _slow("rasa", "rasa"),
    "actions slow (a fifth of their time)": _slow("actions", "actions", "rasa"),
    # It stands in the middle of what it writes, and SQLite lets nobody else write then.
    "sync slow (a fifth of its time)": _slow("sync", "database"),
    "rasa answers after 5 s": _away(slow_line("rasa", 5), "rasa"),
    # Longer than a web process waits for it.
    "rasa answers after 20 s": _away(slow_line("rasa", 20), "rasa"),
    # Now and then one answers Rasa, which waits longer than the health page.
    "actions answer after 5 s": _away(slow_line("actions", 5), "actions", perhaps="rasa"),
    "actions answer after 20 s": _away(slow_line("actions", 20), "actions", "rasa"),
    "the chat's database locked": _away(locked("pixmania.sqlite3"), "database"),
    "Rasa's database locked": _away(locked("rasa.sqlite3"), "rasa"),
    "disk full": _away(full_disk, "database", perhaps="rasa"),
    "model missing": _away(without_model(None), "rasa"),
    "model corrupt": _away(without_model(b"not a model"), "rasa"),
}
ON_SEVERAL_PROCESSES: dict[str, Fault] = {
    # The first one's health page does not look at the other one.
    "one of two web killed (-9)": _served(killed("web-2")),
    "one of two rasa killed (-9)": _served(killed("rasa-2"), "rasa"),
    "one of two actions killed (-9)": _served(killed("actions-2"), "actions"),
    "one of two web stopped (SIGSTOP)": Fault(frozen("web-2"), frozenset(), serves=True, silent=True),
    "one of two rasa stopped (SIGSTOP)": _served(frozen("rasa-2"), "rasa"),
    "one of two actions stopped (SIGSTOP)": _served(frozen("actions-2"), "actions"),
    "PostgreSQL switched off": _away(switched_off_database, *PARTS),
    "PostgreSQL stopped (SIGSTOP)": _away(frozen("database"), *PARTS),
    "PostgreSQL slow (a fifth of its time)": _slow("database", *PARTS),
    # The web process itself is well.
    "the proxy killed (-9)": Fault(killed_proxy, red=None),
    "the proxy stopped (SIGSTOP)": _hard_of_hearing(frozen("proxy")),
}
FAULTS = ON_ONE_MACHINE | ON_SEVERAL_PROCESSES
