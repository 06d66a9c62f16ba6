"""The SQL database of Rasa's conversations: short time-outs, and tables created at the first connection."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from rasa.core.tracker_store import SQLTrackerStore
from sqlalchemy import Index, create_engine, event, inspect
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.pool import StaticPool

# Queries run in Rasa's event loop, so a waiting query blocks every conversation.
LOCK_SECONDS, CONNECT_SECONDS, STATEMENT_MILLISECONDS = 2, 3, 5000
# A Rasa process runs one query at a time, so a few connections are enough.
POOL_SIZE, MAX_OVERFLOW = 2, 3

EVENTS = SQLTrackerStore.SQLEvent.__table__
# Rasa's own index on `sender_id` finds all events of a conversation. These find its latest events, and the latest
# values of its slots and form.
INDEXES = [
    Index("events_of_conversation", EVENTS.c.sender_id, EVENTS.c.id),
    Index("events_by_type", EVENTS.c.sender_id, EVENTS.c.type_name, EVENTS.c.id),
]


def connect(url: str) -> Engine:
    """An engine for `url`; the database need not be reachable yet."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        # One open connection is enough: Rasa's event loop runs one query at a time.
        engine = create_engine(url, poolclass=StaticPool, connect_args={"timeout": LOCK_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    limits = _limits(address.query)
    # Replace connections that broke while idle, so that no turn fails after the database was restarted.
    return create_engine(url, pool_size=POOL_SIZE, max_overflow=MAX_OVERFLOW, pool_pre_ping=True, connect_args=limits)


def make_tables(engine: Engine) -> None:
    """Create missing tables and indexes. Raises SQLAlchemy's errors if the database is unavailable."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # Creating an index over many events takes longer than any query.
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        EVENTS.metadata.create_all(connection)
        present = {index["name"] for index in inspect(connection).get_indexes(EVENTS.name)}
        for index in INDEXES:
            if index.name not in present:
                index.create(connection)


def _limits(url_options: Mapping[str, Any]) -> dict[str, Any]:
    """Connection arguments: our time-outs, unless the URL sets them.

    The URL's `options` follow ours, and PostgreSQL uses the last value of each setting.
    """
    ours = {"connect_timeout": CONNECT_SECONDS, **settings.TCP_KEEPALIVE}
    limits = f"-c statement_timeout={STATEMENT_MILLISECONDS} {settings.SERVER_TIMEOUTS}"
    joined = f"{limits} {url_options.get('options', '')}".strip()
    return {name: value for name, value in ours.items() if name not in url_options} | {"options": joined}


def _prepare_sqlite(connection: Any, record: Any) -> None:
    # WAL lets readers work while one process writes; secure_delete overwrites erased conversations in the file.
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
