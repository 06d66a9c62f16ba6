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
from harness.deployments import Deployment

Injection = Callable[[Deployment], AbstractContextManager[None]]
# Of the health page.
PARTS = ("database", "bot")


@dataclass(frozen=True)
class Fault:
    """`inject` lasts as long as its context.

    `red`: the parts that the first web process's health page names meanwhile, and `perhaps` more, which it then may
    say are away; None where it is not there, or does not see it. `serves`: everybody is answered while it lasts; else
    they may be told that it takes longer, or that nobody is there. `silent`: a web process hangs, and does not even
    refuse what is posted to it.
    """

    inject: Injection
    red: frozenset[str] | None
    perhaps: frozenset[str] = frozenset()
    serves: bool = False
    silent: bool = False

    def matches_health_page(self, status: int, red: frozenset[str]) -> bool:
        """Does the health page tell the truth? A part serves as long as one of its processes does."""
        if self.red is None:
            return True
        if not self.red <= red <= self.red | self.perhaps:
            return False
        return status == (200 if self.serves and not red & self.perhaps else 503)


def killed(name: str) -> Injection:
    return lambda deployment: deployment.processes.killed(name)


def frozen(name: str) -> Injection:
    return lambda deployment: signals.frozen(partial(deployment.pids, name))


def throttled(name: str) -> Injection:
    return lambda deployment: signals.throttled(partial(deployment.pids, name))


def locked(database: str) -> Injection:
    return lambda deployment: locked_file(deployment.processes.folder / database)


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
def full_disk(deployment: Deployment) -> Iterator[None]:
    """Not one byte more fits where databases and logs are; for a folder on a file system of its own."""
    filler = deployment.processes.folder / "filler"
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


def slow_line(name: str, seconds: float) -> Injection:
    """Each piece of what it answers arrives so much later."""

    @contextmanager
    def inject(deployment: Deployment) -> Iterator[None]:
        line = deployment.lines[name]
        line.delay = seconds
        try:
            yield
        finally:
            line.delay = 0

    return inject


@contextmanager
def switched_off_database(deployment: Deployment) -> Iterator[None]:
    assert deployment.database
    deployment.database.stop()
    try:
        yield
    finally:
        deployment.database.start()


@contextmanager
def killed_proxy(deployment: Deployment) -> Iterator[None]:
    assert deployment.proxy
    deployment.proxy.kill()
    try:
        yield
    finally:
        deployment.proxy.start()


def without_model(content: bytes | None) -> Injection:
    """The bot is started again while its model is missing, or is another file."""

    @contextmanager
    def inject(deployment: Deployment) -> Iterator[None]:
        model = Path(deployment.processes.env["MODEL"])
        kept = model.rename(model.with_suffix(".kept"))
        if content is not None:
            model.write_bytes(content)
        deployment.processes.kill("bot")
        deployment.processes.start("bot")
        try:
            yield
        finally:
            kept.rename(model)
            deployment.processes.kill("bot")
            deployment.processes.start("bot")

    return inject


def _unavailable(inject: Injection, *red: str, perhaps: str = "") -> Fault:
    return Fault(inject, frozenset(red), perhaps=frozenset({perhaps} - {""}))


def _served(inject: Injection, *red: str) -> Fault:
    return Fault(inject, frozenset(red), serves=True)


def _slow(name: str, *perhaps: str) -> Fault:
    """Everybody is served; that a part answers the health page within its three seconds is promised to nobody."""
    return Fault(throttled(name), frozenset(), perhaps=frozenset(perhaps), serves=True)


def _unresponsive(inject: Injection) -> Fault:
    """Nobody is promised that such a process refuses in time what it cannot do."""
    return Fault(inject, red=None, silent=True)


ON_ONE_MACHINE: dict[str, Fault] = {
    "web killed (-9)": Fault(killed("web"), red=None),
    "bot killed (-9)": _unavailable(killed("bot"), "bot"),
    "web stopped (SIGSTOP)": _unresponsive(frozen("web")),
    "bot stopped (SIGSTOP)": _unavailable(frozen("bot"), "bot"),
    "web slow (a fifth of its time)": _slow("web", *PARTS),
    "bot slow (a fifth of its time)": _slow("bot", "bot"),
    "bot answers after 5 s": _unavailable(slow_line("bot", 5), "bot"),
    # Longer than a web process waits for it.
    "bot answers after 20 s": _unavailable(slow_line("bot", 20), "bot"),
    "the chat's database locked": _unavailable(locked("pixmania.sqlite3"), "database"),
    "Rasa's database locked": _unavailable(locked("rasa.sqlite3"), "bot"),
    "disk full": _unavailable(full_disk, "database", perhaps="bot"),
    "model missing": _unavailable(without_model(None), "bot"),
    "model corrupt": _unavailable(without_model(b"not a model"), "bot"),
}
ON_SEVERAL_PROCESSES: dict[str, Fault] = {
    # The first one's health page does not look at the other one.
    "one of two web killed (-9)": _served(killed("web-2")),
    "one of two bots killed (-9)": _served(killed("bot-2"), "bot"),
    "one of two web stopped (SIGSTOP)": Fault(frozen("web-2"), frozenset(), serves=True, silent=True),
    "one of two bots stopped (SIGSTOP)": _served(frozen("bot-2"), "bot"),
    "PostgreSQL switched off": _unavailable(switched_off_database, *PARTS),
    "PostgreSQL stopped (SIGSTOP)": _unavailable(frozen("database"), *PARTS),
    "PostgreSQL slow (a fifth of its time)": _slow("database", *PARTS),
    # The web process itself is well.
    "the proxy killed (-9)": Fault(killed_proxy, red=None),
    "the proxy stopped (SIGSTOP)": _unresponsive(frozen("proxy")),
}
FAULTS = ON_ONE_MACHINE | ON_SEVERAL_PROCESSES
