"""Adds data before a measurement: one long conversation, or a million messages."""

import sqlite3
from contextlib import closing
from pathlib import Path

MILLION = 1_000_000
EVENT = "type_name, timestamp, intent_name, action_name, data"
# The first four digits of an id number the copies; its thirteenth digit is 4 only in an original.
COPIED_ID = "printf('%04x', :copy) || substr({0}, 5, 8) || 'f' || substr({0}, 14)"


def lengthen(database: Path, conversation: str, times: int) -> None:
    """Repeat the conversation's events this many times."""
    said = "SELECT min(id) FROM events WHERE sender_id = :conversation AND type_name = 'user'"
    again = f"INSERT INTO events (sender_id, {EVENT}) SELECT sender_id, {EVENT} FROM original ORDER BY id"
    with closing(sqlite3.connect(database, timeout=60)) as connection:
        connection.execute(
            f"CREATE TEMP TABLE original AS SELECT * FROM events WHERE sender_id = :conversation AND id >= ({said})",
            {"conversation": conversation},
        )
        for _ in range(times):
            connection.execute(again)
        connection.commit()


def copy_events(database: Path) -> int:
    """Copy Rasa's conversations under other ids until they have a million messages; return their number."""
    count = "SELECT count(*) FROM events WHERE type_name IN ('user', 'bot')"
    copy = f"INSERT INTO events (sender_id, {EVENT}) SELECT {COPIED_ID.format('sender_id')}, {EVENT} FROM original"
    with closing(sqlite3.connect(database, timeout=60)) as connection:
        connection.execute("CREATE TEMP TABLE original AS SELECT * FROM events")
        return _copy_until_a_million(connection, count, [copy])


def copy_messages(database: Path) -> int:
    """Copy the conversations of `chat` until there are a million messages; the console does not index the copies."""
    count = "SELECT count(*) FROM chat_message"
    with closing(sqlite3.connect(database, timeout=60)) as connection:
        conversation = _columns(connection, "chat_conversation", {"id", "address", "unindexed"})
        message = _columns(connection, "chat_message", {"id", "conversation_id"})
        copies = [
            f"INSERT INTO chat_conversation (id, address, unindexed, {conversation})"
            f" SELECT {COPIED_ID.format('id')}, 'copy ' || :copy, 0, {conversation} FROM talks",
            f"INSERT INTO chat_message (conversation_id, {message})"
            f" SELECT {COPIED_ID.format('conversation_id')}, {message} FROM said",
        ]
        connection.execute("CREATE TEMP TABLE talks AS SELECT * FROM chat_conversation WHERE asked = answered")
        connection.execute(
            "CREATE TEMP TABLE said AS SELECT * FROM chat_message WHERE conversation_id IN (SELECT id FROM talks)"
        )
        return _copy_until_a_million(connection, count, copies)


def _columns(connection: sqlite3.Connection, table: str, excluded: set[str]) -> str:
    """The columns of the table that have the same value in a copy."""
    names = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
    return ", ".join(name for name in names if name not in excluded)


def _copy_until_a_million(connection: sqlite3.Connection, count: str, copies: list[str]) -> int:
    copy = 0
    while (found := connection.execute(count).fetchone()[0]) < MILLION:
        for statement in copies:
            connection.execute(statement, {"copy": copy})
        connection.commit()
        copy += 1
    return int(found)
