"""The SQL database of Rasa's conversations: connections that give up soon, and tables made when it can be reached."""

from collections.abc import Mapping
from typing import Any

from rasa.core.tracker_store import SQLTrackerStore
from sqlalchemy import Index, create_engine, event, inspect
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.pool import StaticPool

# Queries run in Rasa's event loop: while one waits, nobody is served.
LOCK_SECONDS, CONNECT_SECONDS, STATEMENT_MILLISECONDS = 2, 3, 5000
# A host that vanished refuses nothing, and the system would wait for it for many minutes (web/settings.py, of which
# nothing is installed where Rasa runs).
TCP_KEEPALIVE = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 8000}
# And it would hold the locks of a process that vanished for as long.
SERVER_TIMEOUTS = (
    "-c idle_in_transaction_session_timeout=10000"
    " -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"
)
# Of one Rasa process, which asks one thing at a time.
POOL_SIZE, MAX_OVERFLOW = 2, 3

EVENTS = SQLTrackerStore.SQLEvent.__table__
# Rasa's own index of `sender_id` finds a conversation; these find its end, and what its state is made of.
INDEXES = [
    Index("events_of_conversation", EVENTS.c.sender_id, EVENTS.c.id),
    Index("events_by_type", EVENTS.c.sender_id, EVENTS.c.type_name, EVENTS.c.id),
]


def connect(url: str) -> Engine:
    """An engine for `url`, which need not answer yet."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        # One connection stays open: everything is asked from Rasa's event loop, one thing at a time.
        engine = create_engine(url, poolclass=StaticPool, connect_args={"timeout": LOCK_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    limits = _limits(address.query)
    # A connection that broke while nobody used it is replaced unseen: a database that was restarted costs no turn.
    return create_engine(url, pool_size=POOL_SIZE, max_overflow=MAX_OVERFLOW, pool_pre_ping=True, connect_args=limits)


def make_tables(engine: Engine) -> None:
    """The table and its indexes, where they are missing. Raises SQLAlchemy's errors when the database is away."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # An index over many events takes longer than any question.
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        EVENTS.metadata.create_all(connection)
        present = {index["name"] for index in inspect(connection).get_indexes(EVENTS.name)}
        for index in INDEXES:
            if index.name not in present:
                index.create(connection)


def _limits(said: Mapping[str, Any]) -> dict[str, Any]:
    """What the address does not say itself, for that wins; of `options`, which are joined, the last one does."""
    ours = {"connect_timeout": CONNECT_SECONDS, **TCP_KEEPALIVE}
    limits = f"-c statement_timeout={STATEMENT_MILLISECONDS} {SERVER_TIMEOUTS}"
    joined = f"{limits} {said.get('options', '')}".strip()
    return {name: value for name, value in ours.items() if name not in said} | {"options": joined}


def _prepare_sqlite(connection: Any, record: Any) -> None:
    # Readers go on beside a writer; what is deleted is overwritten: an erased conversation is not legible in the file.
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
