"""Simulates half an hour without a message: moves the times in both SQLite databases into the past."""

import json
import sqlite3
import uuid
from contextlib import closing

from harness.processes import Processes

MINUTES = 31


def make_quiet(processes: Processes, conversation: str) -> None:
    """Move all messages of this conversation MINUTES into the past, in the tables of `chat`, the console and Rasa."""
    with closing(sqlite3.connect(processes.folder / "pixmania.sqlite3", timeout=20)) as chat, chat:
        moved = (f"-{MINUTES} minutes", uuid.UUID(conversation).hex)
        chat.execute("UPDATE chat_message SET at = datetime(at, ?) WHERE conversation_id = ?", moved)
        chat.execute("UPDATE chat_conversation SET last_at = datetime(last_at, ?), unindexed = 1 WHERE id = ?", moved)
    make_quiet_for_rasa(processes, conversation)


def make_quiet_for_rasa(processes: Processes, sender: str) -> None:
    with closing(sqlite3.connect(processes.folder / "rasa.sqlite3", timeout=20)) as rasa, rasa:
        rows = rasa.execute("SELECT id, data FROM events WHERE sender_id = ?", (sender,)).fetchall()
        for row, data in rows:
            event = json.loads(data)
            event["timestamp"] -= MINUTES * 60
            rasa.execute("UPDATE events SET data = ? WHERE id = ?", (json.dumps(event), row))
