"""Remains of erased text in SQLite: in the search index and in the write-ahead log."""

import logging

from django.db import connection

# How long truncating the log waits for readers; short, because it blocks all writers.
BRIEFLY_MS = 200

logger = logging.getLogger("console")


def overwrite() -> bool:
    """Overwrite deleted words, which SQLite keeps in its index and log. False if a reader prevented it."""
    if connection.vendor != "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO console_search(console_search) VALUES('optimize')")
        cursor.execute(f"PRAGMA busy_timeout = {BRIEFLY_MS}")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy = cursor.fetchone()[0]
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {1000 * connection.settings_dict['OPTIONS']['timeout']}")
    if busy:
        logger.warning("SQLite's log still contains erased texts, because a reader blocks it")
    return not busy
