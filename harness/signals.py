"""Suspends or throttles processes with signals."""

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

# Evaluated each time: a server starts and ends processes of its own.
Pids = Callable[[], list[int]]
# The running and the suspended part of each second of a throttled process.
RUNS_SECONDS, STANDS_SECONDS = 0.2, 0.8


@contextmanager
def frozen(pids: Pids) -> Iterator[None]:
    """Suspend the processes: they stop answering, but their ports stay open."""
    _stop(pids)
    try:
        yield
    finally:
        send(pids(), signal.SIGCONT)


@contextmanager
def throttled(pids: Pids) -> Iterator[None]:
    """Let the processes run a fifth of the time, as on an overloaded machine."""
    over = threading.Event()
    with ThreadPoolExecutor(1) as executor:
        beat = executor.submit(_beat, pids, over)
        try:
            yield
        finally:
            over.set()
    assert beat.result() > 0, "nothing stood still"


def _beat(pids: Pids, over: threading.Event) -> int:
    """How often they were suspended."""
    stood = 0
    while not over.wait(RUNS_SECONDS):
        with frozen(pids):
            stood += 1
            over.wait(STANDS_SECONDS)
    return stood


def _stop(pids: Pids) -> None:
    """Suspend all of them, including one started just before its parent was suspended."""
    stopped: set[int] = set()
    while new := set(pids()) - stopped:
        send(new, signal.SIGSTOP)
        stopped |= new


def send(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def family(pid: int) -> list[int]:
    """The process and its descendants, itself first; empty if it is gone."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except FileNotFoundError:
        return []
    return [pid, *map(int, children.split())]
