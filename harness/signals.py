"""What the system does to processes: they stand still for a while, or are given too little time."""

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

# Asked anew each time: a server has processes of its own that come and go.
Pids = Callable[[], list[int]]
# Of each second, a slow process is given so much.
RUNS_SECONDS, STANDS_SECONDS = 0.2, 0.8


@contextmanager
def frozen(pids: Pids) -> Iterator[None]:
    """Stopped, not dead: they answer nothing and their ports stay open."""
    _stop(pids)
    try:
        yield
    finally:
        send(pids(), signal.SIGCONT)


@contextmanager
def throttled(pids: Pids) -> Iterator[None]:
    """They run for a fifth of the time, as on a machine that others keep busy."""
    over = threading.Event()
    with ThreadPoolExecutor(1) as executor:
        beat = executor.submit(_beat, pids, over)
        try:
            yield
        finally:
            over.set()
    assert beat.result() > 0, "nothing stood still"


def _beat(pids: Pids, over: threading.Event) -> int:
    """How often they stood still."""
    stood = 0
    while not over.wait(RUNS_SECONDS):
        with frozen(pids):
            stood += 1
            over.wait(STANDS_SECONDS)
    return stood


def _stop(pids: Pids) -> None:
    """All of them, also one that was begun before the process that began it was stopped."""
    stopped: set[int] = set()
    while new := set(pids()) - stopped:
        send(new, signal.SIGSTOP)
        stopped |= new


def send(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def family(pid: int) -> list[int]:
    """The process and its children, itself first; none of them when it is gone."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except FileNotFoundError:
        return []
    return [pid, *map(int, children.split())]
