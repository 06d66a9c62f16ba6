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

logger = logging.getLogger(__name__)


def tell(conversation: uuid.UUID) -> None:
    """Announce it to every web process, when the transaction that runs is committed."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, conversation.hex])


async def listen() -> None:
    """Wake this process's readers at the others' news, until it is cancelled; while the database is away, they look."""
    if connection.vendor != "postgresql":
        return
    while True:
        try:
            await _hear()
        except psycopg.Error as fault:
            logger.warning("news of other processes wait: %s", type(fault).__name__)
            await asyncio.sleep(LONGEST_PAUSE_SECONDS)


async def _hear() -> None:
    settings: dict[str, Any] = connection.get_connection_params()
    where = {name: settings[name] for name in ("dbname", "host", "port", "user", "password") if settings.get(name)}
    async with await psycopg.AsyncConnection.connect(**where, autocommit=True, connect_timeout=3) as database:
        await database.execute(f"LISTEN {CHANNEL}")
        async for news in database.notifies():
            hub.announce(uuid.UUID(news.payload))
