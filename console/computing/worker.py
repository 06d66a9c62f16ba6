"""Computes for the console's pages in a process of its own: in the web process it would hold up customers' requests.

The process starts with the first computation, and yields to everything else on the machine. It ends with the web
process, however that ends, and is ended if it takes too long.
"""

import importlib
import logging
import multiprocessing
import os
import signal
import threading
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

# For the first one, which imports and reads the training lines, on a busy machine.
TIMEOUT_SECONDS = 30
_PACKAGE = __name__.rpartition(".")[0]

logger = logging.getLogger(__name__)
_lock = threading.Lock()
_running: tuple[BaseProcess, Connection] | None = None


class NotComputed(Exception):
    """There was no result in time. The next computation starts anew."""


def compute(module: str, function: str, *given: Any) -> Any:
    """`function(*given)` of a module of this package. One computation at a time. Raises NotComputed."""
    if not _lock.acquire(timeout=TIMEOUT_SECONDS):
        raise NotComputed
    try:
        pipe = _pipe()
        pipe.send((module, function, given))
        if not pipe.poll(TIMEOUT_SECONDS):
            raise NotComputed
        return pipe.recv()
    except (NotComputed, OSError, EOFError) as fault:
        _end()
        raise NotComputed from fault
    finally:
        _lock.release()


def _pipe() -> Connection:
    global _running
    if _running is None or not _running[0].is_alive():
        # Not forked: a copy of the web process would hold its connections and locks.
        context = multiprocessing.get_context("spawn")
        pipe, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs,), daemon=True)
        process.start()
        theirs.close()
        _running = process, pipe
    return _running[1]


def _end() -> None:
    global _running
    if _running:
        _running[0].kill()
        _running[1].close()
        _running = None


def _serve(pipe: Connection) -> None:
    """Until the web process has ended. A computation that fails ends this process too."""
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
