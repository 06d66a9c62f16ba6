"""Computes for the console's pages in a separate process; in the web process, it would delay customers' requests.

The process starts with the first computation and has a low priority. It ends with the web process, even if that is
killed, and is killed if two computations in a row take too long.
"""

import importlib
import logging
import multiprocessing
import os
import signal
import threading
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

# Time limit for a page; nginx waits for 40 s (deploy/nginx). The first computation also imports libraries and reads all
# training lines.
TIMEOUT_SECONDS = 30
_PACKAGE = __name__.rpartition(".")[0]

logger = logging.getLogger(__name__)
_lock = threading.Lock()
_running: tuple[BaseProcess, Connection] | None = None
# Whether the result of a timed-out computation may still arrive.
_is_late = False


class NotComputed(Exception):
    """There was no result in time."""


def compute(module: str, function: str, *given: Any) -> Any:
    """`function(*given)` of a module of this package. One computation at a time. Raises NotComputed."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    if not _lock.acquire(timeout=TIMEOUT_SECONDS):
        raise NotComputed
    try:
        pipe = _pipe()
        if _is_late:
            _receive(pipe, deadline)
        pipe.send((module, function, given))
        return _receive(pipe, deadline)
    except (OSError, EOFError) as fault:
        _end()
        raise NotComputed from fault
    finally:
        _lock.release()


def _receive(pipe: Connection, deadline: float) -> Any:
    """The result.

    After one time-out the process continues, because it has loaded data for the next call; after two it is killed.
    """
    global _is_late
    if pipe.poll(max(0, deadline - time.monotonic())):
        _is_late = False
        return pipe.recv()
    if _is_late:
        _end()
    else:
        _is_late = True
    raise NotComputed


def _pipe() -> Connection:
    global _running
    if _running and not _running[0].is_alive():
        _end()
    if _running is None:
        # Not forked, because a copy of the web process would inherit its connections and locks.
        context = multiprocessing.get_context("spawn")
        pipe, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs,), daemon=True)
        process.start()
        theirs.close()
        _running = process, pipe
    return _running[1]


def _end() -> None:
    global _running, _is_late
    _is_late = False
    if _running:
        _running[0].kill()
        _running[1].close()
        _running = None


def _serve(pipe: Connection) -> None:
    """Serve computations until the web process ends. A computation that fails ends this process too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(5)
    with suppress(EOFError, BrokenPipeError):
        while True:
            module, function, given = pipe.recv()
            pipe.send(_result(module, function, given))


def _result(module: str, function: str, given: tuple[Any, ...]) -> Any:
    try:
        return getattr(importlib.import_module(f"{_PACKAGE}.{module}"), function)(*given)
    except Exception as fault:  # its text may contain a customer's words
        logger.error("%s.%s failed: %s", module, function, type(fault).__name__)
        raise SystemExit(1) from None
