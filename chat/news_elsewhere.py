"""News of one web process for the others: PostgreSQL's NOTIFY. With SQLite there is one process, and readers look."""

import asyncio
import logging
import uuid
from typing import Any

import psycopg
from django.db import connection

from chat import hub

CHANNEL = "chat_news"
LONGEST_PAUSE_SECONDS = 5.0
# For news that also this process's readers are to hear of so.
NOBODY = "-"

logger = logging.getLogger(__name__)


def tell(conversation: uuid.UUID, worker: str = hub.WORKER) -> None:
    """Announce it to every web process but this one's, when the transaction that runs is committed."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, f"{conversation.hex} {worker}"])


async def listen() -> None:
    """Wake this process's readers at the others' news, until it is cancelled; while the database is away, they look."""
    if connection.vendor != "postgresql":
        return
    while True:
        try:
            await _hear()
        except (psycopg.Error, ValueError) as fault:
            logger.warning("news of other processes wait: %s", type(fault).__name__)
            await asyncio.sleep(LONGEST_PAUSE_SECONDS)


def address() -> dict[str, Any]:
    """Where Django connects, with the same TLS and the same patience: all that is libpq's, nothing of Django's own."""
    known = {parameter.keyword.decode() for parameter in psycopg.pq.Conninfo.get_defaults()}
    return {name: value for name, value in connection.get_connection_params().items() if name in known}


async def _hear() -> None:
    async with await psycopg.AsyncConnection.connect(**address(), autocommit=True) as database:
        await database.execute(f"LISTEN {CHANNEL}")
        async for news in database.notifies():
            _announce(news.payload)


def _announce(payload: str) -> None:
    conversation, _, worker = payload.partition(" ")
    if worker != hub.WORKER:  # whose readers were told by itself
        hub.announce(uuid.UUID(conversation))
