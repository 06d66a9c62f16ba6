"""Rasa's memory of conversations, in SQL: written whole or not at all, asked for what was replied, and erased."""

import json
from typing import Any

from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import text

from bot import turns
from bot.reply import Reply, of_bot_uttered

# Messages come one at a time, so one that comes again is among the latest.
MESSAGES_SEARCHED = 5


class TrackerStore(SQLTrackerStore):
    """Rasa's SQL store, which refuses a turn that lost an action, and gives back the replies of one that it has."""

    async def save(self, tracker: DialogueStateTracker) -> None:
        turns.refuse_if_broken()
        await super().save(tracker)

    def recorded_replies(self, conversation: str, message_id: str) -> list[Reply] | None:
        """What was replied to this message; None when it was never handled."""
        with self.session_scope() as session:
            events = self.SQLEvent
            of_conversation = session.query(events.id, events.data).filter(events.sender_id == conversation)
            users = of_conversation.filter(events.type_name == UserUttered.type_name).order_by(events.id.desc())
            latest = users.limit(MESSAGES_SEARCHED).all()
            found = next((row for row in latest if json.loads(row.data).get("message_id") == message_id), None)
            if found is None:
                return None
            following = [row.id for row in latest if row.id > found.id]
            bot = of_conversation.filter(events.type_name == BotUttered.type_name, events.id > found.id)
            if following:
                bot = bot.filter(events.id < min(following))
            return [of_bot_uttered(json.loads(row.data)) for row in bot.order_by(events.id)]

    def erase(self, conversation: str) -> int:
        """Delete every event of the conversation, in the file too; how many there were."""
        with self.session_scope() as session:
            if session.bind.dialect.name == "sqlite":
                session.execute(text("PRAGMA secure_delete=ON"))
            deleted: int = session.query(self.SQLEvent).filter(self.SQLEvent.sender_id == conversation).delete()
            session.commit()
            return deleted

    def check(self) -> None:
        """Raise when the database, or its table, does not answer."""
        with self.session_scope() as session:
            session.query(self.SQLEvent.id).limit(1).all()


def inner(store: Any) -> TrackerStore:
    """Our store inside Rasa's fail-safe wrapper; an error when Rasa took another one in silence."""
    found = getattr(store, "_tracker_store", store)
    if not isinstance(found, TrackerStore):
        raise TypeError(f"endpoints.yml names {TrackerStore.__module__}, Rasa runs on {type(found).__name__}")
    return found
