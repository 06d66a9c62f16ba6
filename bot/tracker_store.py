"""Rasa's tracker store in SQL: atomic turns, recorded replies, erasure.

Rasa's own store reads the whole conversation at every message. Here only the latest events are read, and the state
before them, so that a message takes the same time however long the conversation is.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.core.tracker_store import TrackerStore as RasaTrackerStore
from rasa.shared.core import events
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses
from sqlalchemy import case, func, select
from sqlalchemy.engine import Connection, Row
from sqlalchemy.exc import SQLAlchemyError

from bot import redaction, turn_transaction
from bot.database import EVENTS, connect, make_tables
from bot.explanation import Explanation, explain, explain_all
from bot.output_channel import Reply, from_bot_uttered

# About six messages with their answers; no rule, action or reply needs earlier ones.
EVENTS_READ = 80
# `chat` sends the messages of a conversation one at a time, so a retried message is among the latest.
MESSAGES_SEARCHED = 5

Event = dict[str, Any]
# Type name → event class. Rasa would search all event classes for each event that it reads.
KINDS = {kind.type_name: kind for kind in reversed(all_subclasses(events.Event))}


class TrackerStore(SQLTrackerStore):
    """Rasa's SQL store. It refuses the turn of a message that was handled before, and returns its recorded replies."""

    def __init__(
        self, domain: Domain | None = None, host: str = "", event_broker: EventBroker | None = None, **_: Any
    ) -> None:
        """`host`: the database's URL. If the database is unavailable, the store starts, and `check` reports it."""
        self.engine = connect(host)
        self._tables_made = False
        # If the tables cannot be created now, the health page and each message try again.
        with suppress(SQLAlchemyError):
            self.check()
        RasaTrackerStore.__init__(self, domain, event_broker)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The current session: its latest events, preceded by the slots and the form of the earlier ones.

        Raises TurnAborted if this turn's message was handled before, here or by another process.
        """
        with self.connection() as connection:
            rows = _latest(connection, sender_id)
            # Check all rows: the message may belong to a previous session.
            turn_transaction.refuse_if_handled(_message_ids(rows))
            found = _since_session_start(connection, sender_id, rows)
        tracker = self._tracker(sender_id, found)
        if tracker:
            tracker.stored, tracker.newest = len(found), rows[-1].id
        return tracker

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """All events of all sessions."""
        return self._tracker(conversation_id, self._all_events(conversation_id))

    async def keys(self) -> list[str]:
        with self.connection() as connection:
            return list(connection.execute(select(EVENTS.c.sender_id).distinct()).scalars())

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Add the events that are new since the tracker was retrieved, in one transaction.

        Raises TurnAborted if another process has added events or erased the conversation meanwhile: a suspended process
        must not save a turn that another process has taken over. The first turn of a conversation follows no event, so
        this check cannot detect an erasure before it; therefore `chat` repeats each erasure later (chat/leases.py).
        """
        new = [event.as_dict() for event in islice(tracker.events, getattr(tracker, "stored", 0), None)]
        if new:
            with self.connection() as connection:
                rows = [_row(tracker.sender_id, event) for event in new]
                tracker.newest = _add(connection, rows, after=getattr(tracker, "newest", 0))
        tracker.stored = len(tracker.events)
        turn_transaction.set_explanation(explain(new, tracker.current_slot_values(), tracker.active_loop_name))

    def _all_events(self, conversation: str) -> list[Event]:
        with self.connection() as connection:
            rows = connection.execute(_of(conversation).order_by(EVENTS.c.id))
            return [json.loads(row.data) for row in rows]

    def _tracker(self, conversation: str, found: list[Event]) -> DialogueStateTracker | None:
        if not found or not self.domain:
            return None
        read = [KINDS[event["event"]]._from_parameters(event) for event in found]
        return DialogueStateTracker.from_events(conversation, read, self.domain.slots)

    def connection(self) -> Any:
        """A transaction; creates the tables first if necessary."""
        if not self._tables_made:
            make_tables(self.engine)
            self._tables_made = True
        return self.engine.begin()

    def recorded_replies(self, conversation: str, message_id: str) -> list[Reply] | None:
        """The recorded replies to this message; None if it was never handled."""
        of_type = _of(conversation).where(EVENTS.c.type_name == UserUttered.type_name)
        with self.connection() as connection:
            latest = connection.execute(of_type.order_by(EVENTS.c.id.desc()).limit(MESSAGES_SEARCHED)).all()
            found = next((row for row in latest if json.loads(row.data).get("message_id") == message_id), None)
            if found is None:
                return None
            bot = _of(conversation).where(EVENTS.c.type_name == BotUttered.type_name, EVENTS.c.id > found.id)
            if following := [row.id for row in latest if row.id > found.id]:
                bot = bot.where(EVENTS.c.id < min(following))
            return [from_bot_uttered(json.loads(row.data)) for row in connection.execute(bot.order_by(EVENTS.c.id))]

    def explanations(self, conversation: str) -> dict[str, Explanation]:
        """{message id: explanation} of the whole conversation."""
        return explain_all(self._all_events(conversation))

    def erase(self, conversation: str) -> int:
        """Delete every event of the conversation, also from SQLite's files; return how many were deleted."""
        with self.connection() as connection:
            _lock(connection, conversation)
            deleted: int = connection.execute(EVENTS.delete().where(EVENTS.c.sender_id == conversation)).rowcount
        self._truncate_log()
        return deleted

    def redact(self, conversation: str, texts: Mapping[str, str]) -> int:
        """Replace the texts of these messages ({id: new text}) in the stored events; return how many events changed."""
        changed = 0
        with self.connection() as connection:
            _lock(connection, conversation)
            rows = connection.execute(_of(conversation).order_by(EVENTS.c.id)).all()
            old = [json.loads(row.data) for row in rows]
            for row, before, after in zip(rows, old, redaction.redacted(old, texts), strict=True):
                if after != before:
                    connection.execute(EVENTS.update().where(EVENTS.c.id == row.id).values(data=json.dumps(after)))
                    changed += 1
        self._truncate_log()
        return changed

    def latest_texts(self, conversation: str, count: int) -> dict[str, str]:
        """{message id: text} of the customer's latest messages, in order."""
        users = _of(conversation).where(EVENTS.c.type_name == UserUttered.type_name)
        with self.connection() as connection:
            rows = connection.execute(users.order_by(EVENTS.c.id.desc()).limit(count)).all()
        found = [json.loads(row.data) for row in reversed(rows)]
        return {str(event.get("message_id")): event.get("text") or "" for event in found}

    def _truncate_log(self) -> None:
        """Truncate SQLite's write-ahead log, which still contains the overwritten data."""
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def check(self) -> None:
        """Raise an SQLAlchemyError if the database or its table does not answer, or accepts no writes."""
        with self.connection() as connection:
            connection.execute(EVENTS.delete().where(EVENTS.c.id < 0))


def unwrap(store: Any) -> TrackerStore:
    """Our store inside Rasa's fail-safe wrapper. Raises TypeError if Rasa has silently replaced it by another one."""
    found = getattr(store, "_tracker_store", store)
    if not isinstance(found, TrackerStore):
        raise TypeError(f"endpoints.yml names {TrackerStore.__module__}, Rasa runs on {type(found).__name__}")
    return found


def _of(conversation: str) -> Any:
    return select(EVENTS.c.id, EVENTS.c.type_name, EVENTS.c.data).where(EVENTS.c.sender_id == conversation)


def _add(connection: Connection, rows: list[dict[str, Any]], after: int) -> int:
    """Insert the rows and return the last id. Raises TurnAborted if they do not follow the event `after`."""
    sender = rows[0]["sender_id"]
    _lock(connection, sender)
    connection.execute(EVENTS.insert(), rows)
    since = select(func.count(), func.max(EVENTS.c.id)).where(EVENTS.c.sender_id == sender, EVENTS.c.id >= after)
    count, newest = connection.execute(since).one()
    # The event `after` is counted too: if it is missing, the conversation was erased meanwhile.
    if count != len(rows) + (after > 0):
        raise turn_transaction.TurnAborted("another process has changed the conversation")
    return int(newest)


def _lock(connection: Connection, conversation: str) -> None:
    """Block other writes to the conversation, and its erasure, until the transaction ends."""
    if connection.dialect.name == "postgresql":
        # SQLite allows one writer at a time anyway. PostgreSQL needs a lock: uncommitted rows of another writer are
        # invisible.
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(conversation))))


def _latest(connection: Connection, conversation: str) -> list[Row]:
    newest_first = _of(conversation).order_by(EVENTS.c.id.desc()).limit(EVENTS_READ)
    return list(connection.execute(newest_first).all()[::-1])


def _message_ids(rows: list[Row]) -> Iterator[str]:
    return (str(json.loads(row.data).get("message_id")) for row in rows if row.type_name == UserUttered.type_name)


def _since_session_start(connection: Connection, conversation: str, rows: list[Row]) -> list[Event]:
    """The events of the session; if there are more than EVENTS_READ, its earlier state and then its latest events."""
    starts = [place for place, row in enumerate(rows) if row.type_name == SessionStarted.type_name]
    if starts or len(rows) < EVENTS_READ:
        return [json.loads(row.data) for row in rows[starts[-1] if starts else 0 :]]
    first, latest = _from_a_message_on(rows)
    return _state_before(connection, conversation, first) + latest


def _from_a_message_on(rows: list[Row]) -> tuple[int, list[Event]]:
    """(first id, events) from the first `action_listen` on, because Rasa expects a conversation to begin with it."""
    found = [json.loads(row.data) for row in rows]
    listens = (
        place
        for place, event in enumerate(found)
        if event["event"] == ActionExecuted.type_name and event["name"] == "action_listen"
    )
    first = next(listens, 0)
    return rows[first].id, found[first:]


def _state_before(connection: Connection, conversation: str, first: int) -> list[Event]:
    """The session's slots and form as they were before the event with the id `first`."""
    kind, of_conversation = EVENTS.c.type_name, EVENTS.c.sender_id == conversation
    started = select(func.max(EVENTS.c.id)).where(of_conversation, kind == SessionStarted.type_name).scalar_subquery()
    # For a slot, the column `action_name` contains the slot's name. All changes of the form get one key, so that only
    # the last one is found.
    what = case((kind == SlotSet.type_name, EVENTS.c.action_name), else_="")
    last_of_each = (
        select(func.max(EVENTS.c.id))
        .where(of_conversation, kind.in_([SlotSet.type_name, ActiveLoop.type_name]))
        .where(EVENTS.c.id < first, EVENTS.c.id > func.coalesce(started, 0))
        .group_by(kind, what)
    )
    rows = connection.execute(select(EVENTS.c.data).where(EVENTS.c.id.in_(last_of_each)).order_by(EVENTS.c.id))
    return [json.loads(data) for data in rows.scalars()]


def _row(sender: str, event: Event) -> dict[str, Any]:
    return {
        "sender_id": sender,
        "type_name": event["event"],
        "timestamp": event.get("timestamp"),
        "intent_name": event.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": event.get("name"),
        "data": json.dumps(event),
    }
