"""`python manage.py sync_conversations [--follow]`: copy conversations and their events into the console's tables.

Who follows has a health page (console/sync/health.py).
"""

import signal
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, close_old_connections

from console.sync import health
from console.sync.worker import Worker

# What is said meanwhile is copied together. One pass right after the other, while somebody talked, took a fifth to two
# fifths of a core from the customers' answers.
PAUSE_SECONDS = 0.5
PATIENCE_SECONDS = 30


class Command(BaseCommand):
    help = "Copies what was said and why into the console's tables."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--follow", action="store_true", help="go on until stopped")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["follow"]:
            worker = Worker()
            while worker.run_once():
                pass
            return
        stop = threading.Event()
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, lambda *_: stop.set())
        page = health.Health()
        try:
            health.serve(page)
        # An OverflowError is that of a port above 65535.
        except (OSError, OverflowError) as fault:
            why = getattr(fault, "strerror", "no port")
            refused = f"sync cannot listen on {health.HOST}:{health.PORT}: {why}"
            raise CommandError(f"{refused}. SYNC_HOST and SYNC_PORT choose another address.") from fault
        _follow(page, stop, self)


def _follow(page: health.Health, stop: threading.Event, command: BaseCommand) -> None:
    worker = Worker(page.copied, page.moved)
    fine_at, said = time.monotonic(), False
    while not stop.is_set():
        close_old_connections()
        begun, behind = time.monotonic(), False
        try:
            worker.run_once()
            behind = not worker.complete
            page.passed(begun, worker.complete)
            fine_at, said = time.monotonic(), False
        except DatabaseError as fault:
            page.failed(fault)
            # Once, not every second; and not while the bot, which makes its own store, is still starting.
            if not said and time.monotonic() - fine_at > PATIENCE_SECONDS:
                command.stderr.write(f"sync: a database is away ({type(fault).__name__}), trying again")
                said = True
        if not behind:
            stop.wait(PAUSE_SECONDS)
