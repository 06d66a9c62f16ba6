"""Real faults of a running deployment. Each one is injected, ended again, and has expected effects.

harness/slo.py injects them under load and checks the effects; `python -m bench.faults` prints them.
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
# The parts of the health page.
PARTS = ("database", "bot")


@dataclass(frozen=True)
class Fault:
    """`inject`: a context manager; the fault lasts until its context ends.

    `unhealthy`: the parts that the first web process's health page must report, or None to check nothing, because that
    process is down, hangs or is unaffected; `maybe_unhealthy`: those that it may report. `serves`: every customer is
    answered during the fault; otherwise they may get a delay or outage notice. `hangs`: a post may time out without any
    response.
    """

    inject: Injection
    unhealthy: frozenset[str] | None
    maybe_unhealthy: frozenset[str] = frozenset()
    serves: bool = False
    hangs: bool = False

    def matches_health_page(self, status: int, unhealthy: frozenset[str]) -> bool:
        """Whether the health page is correct. A part is healthy as long as one of its processes is."""
        if self.unhealthy is None:
            return True
        if not self.unhealthy <= unhealthy <= self.unhealthy | self.maybe_unhealthy:
            return False
        return status == (200 if self.serves and not unhealthy & self.maybe_unhealthy else 503)


def killed(name: str) -> Injection:
    return lambda deployment: deployment.processes.killed(name)


def frozen(name: str) -> Injection:
    return lambda deployment: signals.frozen(partial(deployment.pids, name))


def throttled(name: str) -> Injection:
    return lambda deployment: signals.throttled(partial(deployment.pids, name))


def locked(database: str) -> Injection:
    return lambda deployment: locked_file(deployment.processes.folder / database)


@contextmanager
def locked_file(database: Path, timeout: float = 30) -> Iterator[None]:
    """Hold the write lock of the SQLite file, as another program would."""
    with closing(sqlite3.connect(database, isolation_level=None, timeout=timeout)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            writer.execute("ROLLBACK")


@contextmanager
def full_disk(deployment: Deployment) -> Iterator[None]:
    """Fill the disk of the databases and logs; requires a folder on its own file system."""
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


def slow_connection(name: str, seconds: float) -> Injection:
    """Delay each chunk of the process's responses."""

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
    """Restart the bot while its model is missing, or replaced by `content`."""

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


def _unavailable(inject: Injection, *unhealthy: str, maybe_unhealthy: str = "") -> Fault:
    return Fault(inject, frozenset(unhealthy), maybe_unhealthy=frozenset({maybe_unhealthy} - {""}))


def _served(inject: Injection, *unhealthy: str) -> Fault:
    return Fault(inject, frozenset(unhealthy), serves=True)


def _slow(name: str, *maybe_unhealthy: str) -> Fault:
    """A fault in which all customers are served, but a part may miss the health page's time-out of three seconds."""
    return Fault(throttled(name), frozenset(), maybe_unhealthy=frozenset(maybe_unhealthy), serves=True)


def _unresponsive(inject: Injection) -> Fault:
    """A fault in which a web process may not even send an error response in time."""
    return Fault(inject, unhealthy=None, hangs=True)


ON_ONE_MACHINE: dict[str, Fault] = {
    "web killed (-9)": Fault(killed("web"), unhealthy=None),
    "bot killed (-9)": _unavailable(killed("bot"), "bot"),
    "web stopped (SIGSTOP)": _unresponsive(frozen("web")),
    "bot stopped (SIGSTOP)": _unavailable(frozen("bot"), "bot"),
    "web slow (a fifth of its time)": _slow("web", *PARTS),
    "bot slow (a fifth of its time)": _slow("bot", "bot"),
    "bot answers after 5 s": _unavailable(slow_connection("bot", 5), "bot"),
    # Longer than the web process waits for the bot.
    "bot answers after 20 s": _unavailable(slow_connection("bot", 20), "bot"),
    "the chat's database locked": _unavailable(locked("pixmania.sqlite3"), "database"),
    "Rasa's database locked": _unavailable(locked("rasa.sqlite3"), "bot"),
    "disk full": _unavailable(full_disk, "database", maybe_unhealthy="bot"),
    "model missing": _unavailable(without_model(None), "bot"),
    "model corrupt": _unavailable(without_model(b"not a model"), "bot"),
}
ON_SEVERAL_PROCESSES: dict[str, Fault] = {
    # The first web process's health page does not cover the second one.
    "one of two web killed (-9)": _served(killed("web-2")),
    "one of two bots killed (-9)": _served(killed("bot-2"), "bot"),
    "one of two web stopped (SIGSTOP)": Fault(frozen("web-2"), frozenset(), serves=True, hangs=True),
    "one of two bots stopped (SIGSTOP)": _served(frozen("bot-2"), "bot"),
    "PostgreSQL switched off": _unavailable(switched_off_database, *PARTS),
    "PostgreSQL stopped (SIGSTOP)": _unavailable(frozen("database"), *PARTS),
    "PostgreSQL slow (a fifth of its time)": _slow("database", *PARTS),
    # The web process itself is healthy.
    "the proxy killed (-9)": Fault(killed_proxy, unhealthy=None),
    "the proxy stopped (SIGSTOP)": _unresponsive(frozen("proxy")),
}
FAULTS = ON_ONE_MACHINE | ON_SEVERAL_PROCESSES
