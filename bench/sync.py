"""How many messages a second the console's worker copies, into the database of DATABASE_URL as it is. Prints JSON.

The events are written to RASA_DATABASE_URL by Rasa's own event classes, with the messages that `chat` would hold.
"""

import json
import os
import time
import uuid
from collections.abc import Iterator
from typing import Any

import sqlalchemy

CONVERSATIONS = 400
TURNS = 5
CREATE = (
    "CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, sender_id VARCHAR(255), type_name VARCHAR(255),"
    " timestamp FLOAT, intent_name VARCHAR(255), action_name VARCHAR(255), data TEXT)"
)
INDEX = "CREATE INDEX IF NOT EXISTS ix_events_sender_id ON events (sender_id)"
INSERT = "INSERT INTO events (id, sender_id, type_name, timestamp, data) VALUES (:id, :sender, :kind, :at, :data)"


def measured() -> dict[str, float]:
    """{messages: how many were copied, seconds: in how long}"""
    from console.sync.worker import Worker

    from console.models import Turn

    before = Turn.objects.count()
    _write([])
    worker = Worker()
    _drain(worker)  # the generated messages behind the cursor
    _write(list(_conversations()))
    begun = time.perf_counter()
    _drain(worker)
    seconds = time.perf_counter() - begun
    assert Turn.objects.count() == before + CONVERSATIONS * TURNS
    return {"messages": 2 * CONVERSATIONS * TURNS, "seconds": seconds}


def _drain(worker: Any) -> None:
    while worker.run_once():
        pass


def _conversations() -> Iterator[uuid.UUID]:
    """New conversations in `chat`, answered whole."""
    from chat.models import Conversation, Message, Sender
    from shop import clock

    for _ in range(CONVERSATIONS):
        last = 2 * TURNS
        one = Conversation.objects.create(expires_at=clock.now(), last_seq=last, asked=last - 1, answered=last - 1)
        Message.objects.bulk_create(
            Message(
                conversation=one, seq=seq, text=f"où est mon colis ? {seq}",
                sender=Sender.CUSTOMER if seq % 2 else Sender.BOT,
            )
            for seq in range(1, last + 1)
        )  # fmt: skip
        yield one.pk


def _write(conversations: list[uuid.UUID]) -> None:
    engine = sqlalchemy.create_engine(os.environ["RASA_DATABASE_URL"])
    with engine.begin() as store:
        store.execute(sqlalchemy.text(CREATE))
        store.execute(sqlalchemy.text(INDEX))
        first = (store.execute(sqlalchemy.text("SELECT max(id) FROM events")).scalar() or 0) + 1
        rows = [row for key in conversations for row in _events(key.hex)]
        if rows:
            store.execute(sqlalchemy.text(INSERT), [{"id": first + n, **row} for n, row in enumerate(rows)])
    engine.dispose()


def _events(sender: str) -> Iterator[dict[str, Any]]:
    from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, SlotSet, UserUttered

    now = time.time()
    question, reply = "where_is_parcel/where", "utter_where_is_parcel/where"
    ranking = [{"name": "where_is_parcel", "confidence": 0.9}, {"name": "track_delivery", "confidence": 0.06}]
    asked = [{"name": question, "confidence": 0.8}, {"name": "where_is_parcel/when", "confidence": 0.1}]
    events: list[Any] = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]
    for turn in range(TURNS):
        text = f"où est mon colis ? {2 * turn + 1}"
        read = {"intent": ranking[0], "entities": [], "text": text, "intent_ranking": ranking}
        read |= {"question": question, "question_ranking": asked}
        events += [
            UserUttered(text, ranking[0], [], read, message_id=str(2 * turn + 1), input_channel="chat"),
            ActionExecuted("action_parcel", policy="RulePolicy"),
            SlotSet("topic", "parcel"),
            SlotSet("question", question),
            BotUttered("Votre colis est en route.", {"buttons": [], "custom": None}, {"utter_action": reply}),
            ActionExecuted("action_listen"),
        ]
    for event in events:
        yield {"sender": sender, "kind": event.type_name, "at": now, "data": json.dumps(event.as_dict())}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
    import django

    django.setup()
    print(json.dumps(measured()))
