"""Versions in PostgreSQL, shared by all machines: their files in pieces, and which version is live.

The tables are the console's (console/models/). A bot process does not have the console's code, so this is plain SQL. A
piece is small enough to be read within a statement's time limit, even over a slow network. With SQLite there is one
machine, and the folder of bot/versions.py is enough.
"""

import os
from collections.abc import Collection
from pathlib import Path

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from bot import model_checksum

PIECE = 1 << 20


def are_used() -> bool:
    return connection.vendor == "postgresql"


def store(file: Path, sha256: str) -> None:
    """Store the file of a version."""
    with transaction.atomic(), connection.cursor() as cursor, file.open("rb") as content:
        for place, piece in enumerate(iter(lambda: content.read(PIECE), b"")):
            cursor.execute(
                "INSERT INTO console_versionpiece (sha256, place, content) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                [sha256, place, piece],
            )


def is_stored(sha256: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM console_versionpiece WHERE sha256 = %s LIMIT 1", [sha256])
        return cursor.fetchone() is not None


def fetch(sha256: str, target: Path) -> None:
    """Write a version's file to `target`; nothing if it is not stored. Raises OSError, also if its hash is wrong."""
    if not is_stored(sha256):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(f"{target.name}.{os.getpid()}")
    with connection.cursor() as cursor, new.open("wb") as file:
        place = 0
        while piece := _piece(cursor, sha256, place):
            file.write(piece)
            place += 1
    if model_checksum.digest(new) != sha256:
        new.unlink()
        raise OSError(f"the stored pieces of {target.name} do not have this hash")
    os.replace(new, target)


def delete_all_but(kept: Collection[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM console_versionpiece WHERE NOT sha256 = ANY(%s)", [[*kept]])


def set_live(sha256: str | None, instead_of: str) -> None:
    """Set the version that processes load at their start, and the installed model that it replaces."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO console_liveversion (id, sha256, instead_of) VALUES (1, %s, %s)"
            " ON CONFLICT (id) DO UPDATE SET sha256 = EXCLUDED.sha256, instead_of = EXCLUDED.instead_of",
            [sha256 or "", instead_of],
        )


def live() -> tuple[str, str]:
    """(SHA-256 of the live version, SHA-256 of the installed model that it replaces); empty if there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sha256, instead_of FROM console_liveversion WHERE id = 1")
        return cursor.fetchone() or ("", "")


def _piece(cursor: CursorWrapper, sha256: str, place: int) -> bytes:
    cursor.execute("SELECT content FROM console_versionpiece WHERE sha256 = %s AND place = %s", [sha256, place])
    row = cursor.fetchone()
    return bytes(row[0]) if row else b""
