"""What SQLite keeps of an erased text: in the search index, and in the log of its writes."""

import logging

from django.db import connection

# While the log is emptied nobody writes; so long it waits for those who read.
BRIEFLY_MS = 200

logger = logging.getLogger("console")


def overwrite() -> bool:
    """SQLite keeps deleted words in its index and its log until they are written over; False while somebody reads."""
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
        logger.warning("SQLite's log still holds what was erased: somebody reads")
    return not busy
