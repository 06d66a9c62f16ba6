"""Updates between web processes, through PostgreSQL's NOTIFY. With SQLite there is only one process."""

import asyncio
import logging
import uuid
from typing import Any

import psycopg
from django.db import connection

from chat import activity, pubsub

CHANNEL = "chat_updates"
RECONNECT_SECONDS = 5.0
# The sender of notifications that must also reach the readers of the publishing process.
NO_WORKER = "-"

logger = logging.getLogger(__name__)


def publish(conversation: uuid.UUID, sender: str = pubsub.WORKER, state: str = "") -> None:
    """Notify every web process but the sender when the current transaction commits.

    `state`: a state that is only published and never stored (chat/activity.py).
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, f"{conversation.hex} {sender} {state}".rstrip()])


async def listen() -> None:
    """Pass notifications on to this process's readers until cancelled; while the database is down, readers poll."""
    if connection.vendor != "postgresql":
        return
    while True:
        try:
            await _receive()
        except (psycopg.Error, ValueError) as fault:
            logger.warning("no notifications from other processes: %s", type(fault).__name__)
            await asyncio.sleep(RECONNECT_SECONDS)


def address() -> dict[str, Any]:
    """Django's connection parameters for libpq, with TLS and timeouts, without Django's own options."""
    known = {parameter.keyword.decode() for parameter in psycopg.pq.Conninfo.get_defaults()}
    return {name: value for name, value in connection.get_connection_params().items() if name in known}


async def _receive() -> None:
    async with await psycopg.AsyncConnection.connect(**address(), autocommit=True) as database:
        await database.execute(f"LISTEN {CHANNEL}")
        async for notification in database.notifies():
            _deliver(notification.payload)


def _deliver(payload: str) -> None:
    conversation, _, rest = payload.partition(" ")
    sender, _, state = rest.partition(" ")
    if sender == pubsub.WORKER:  # this process's readers have got the update already
        return
    if state:
        activity.receive(uuid.UUID(conversation), state)
    else:
        pubsub.publish(uuid.UUID(conversation))
