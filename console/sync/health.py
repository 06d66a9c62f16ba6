"""`/healthz` and `/metrics` of the console's worker, on loopback unless SYNC_HOST says otherwise.

Answered by threads of their own, from what the worker did last: also while a pass hangs, and without any database.
"""

import json
import logging
import os
import sys
import threading
import time
from functools import partial
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any

from django.db import DatabaseError
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

HOST = os.environ.get("SYNC_HOST", "127.0.0.1")
PORT = int(os.environ.get("SYNC_PORT", "5065"))

# A lock or a statement is waited for for five seconds at most, before that is a fault (web/settings.py): one
# conversation that takes three times as long hangs.
HANGS_SECONDS = 15
# Who connects and asks nothing.
SILENT_SECONDS = 5

# Not the one of the whole process: the chat's figures are in that, and one of them asks the database.
REGISTRY = CollectorRegistry()
for collector in (ProcessCollector, PlatformCollector, GCCollector):
    collector(registry=REGISTRY)
passes = Counter("sync_passes", "Passes over what was said that came to their end", registry=REGISTRY)
copied = Counter("sync_conversations_copied", "Conversations that were brought up to date", registry=REGISTRY)
behind = Gauge("sync_behind_seconds", "How long ago the console had everything, or the start was", registry=REGISTRY)

logger = logging.getLogger("console")


class Health:
    """What the worker did last: written by its own thread alone, and only read by those of the page."""

    def __init__(self) -> None:
        self._begun, self._fault = False, ""
        self._moved_at = self._complete_at = time.monotonic()
        behind.set_function(lambda: time.monotonic() - self._complete_at)

    def moved(self) -> None:
        """The pass got further, by a conversation."""
        self._begun, self._moved_at = True, time.monotonic()

    def copied(self, conversations: int) -> None:
        """So many more are stored, in the pass that goes on."""
        copied.inc(conversations)
        self.moved()

    def passed(self, begun: float, complete: bool) -> None:
        """A pass that began at that `time.monotonic()` is over; `complete`: it left nothing for the next one."""
        passes.inc()
        self._begun, self._fault, self._moved_at = True, "", time.monotonic()
        if complete:
            self._complete_at = begun

    def failed(self, fault: DatabaseError) -> None:
        """The pass was broken off. Until another one comes to its end that is what is wrong, however far it gets."""
        self._fault, self._moved_at = f"a database is away ({type(fault).__name__})", time.monotonic()

    def wrong(self) -> str:
        """What is wrong, in a few words; empty when nothing is."""
        still = time.monotonic() - self._moved_at
        if still > HANGS_SECONDS:
            return f"the pass hangs: it got no further for {still:.0f} s"
        return self._fault or ("" if self._begun else "nothing is copied yet")


def serve(health: Health) -> None:
    """From now on, until the process ends. Raises OSError when the address is taken, or none of this machine."""
    server = _Server((HOST, PORT), partial(_Page, health))
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()


class _Server(ThreadingTCPServer):
    """Not http.server's own, which looks its name up and waits where there is no name server."""

    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who asked has gone, most likely: one line, without their address."""
        logger.warning("the health page was not read to its end: %s", type(sys.exc_info()[1]).__name__)


class _Page(BaseHTTPRequestHandler):
    timeout = SILENT_SECONDS

    def __init__(self, health: Health, *connection: Any) -> None:
        self._health = health
        super().__init__(*connection)

    def do_GET(self) -> None:
        if self.path == "/healthz":
            wrong = self._health.wrong()
            self._json(503, {"status": "unavailable", "error": wrong}) if wrong else self._json(200, {"status": "ok"})
        elif self.path == "/metrics":
            self._answer(200, CONTENT_TYPE_LATEST, generate_latest(REGISTRY))
        else:
            self._json(404, {"error": "Not Found"})

    def log_message(self, format: str, *args: Any) -> None:
        """A question is no line in the log."""

    def _json(self, status: int, said: dict[str, str]) -> None:
        self._answer(status, "application/json", json.dumps(said).encode())

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
