"""Suspends or throttles processes with signals."""

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

# A function, called before each signal, because a server starts and ends processes of its own.
Pids = Callable[[], list[int]]
# The running and the suspended part of each second of a throttled process.
RUNNING_SECONDS, SUSPENDED_SECONDS = 0.2, 0.8


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
        suspensions = executor.submit(_throttle, pids, over)
        try:
            yield
        finally:
            over.set()
    assert suspensions.result() > 0, "no process was suspended"


def _throttle(pids: Pids, over: threading.Event) -> int:
    """Suspend and resume the processes until `over` is set; return how many times."""
    times = 0
    while not over.wait(RUNNING_SECONDS):
        with frozen(pids):
            times += 1
            over.wait(SUSPENDED_SECONDS)
    return times


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
    """The ids of the process and its children, its own first; empty if it has ended."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except FileNotFoundError:
        return []
    return [pid, *map(int, children.split())]
