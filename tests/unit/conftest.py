"""Fixtures: the demo data in the test database, and a runner for actions."""

import uuid
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.db import connections
from hypothesis import settings

from chat import conversations, leases
from chat.models import Conversation, Message
from console.indexing.indexer import index_all
from console.models import Thread
from demo import records
from harness.project import placeholders, responses
from shop import clock, database

# No deadline per example: a busy machine must not make a test fail, and the first example also loads modules and data.
settings.register_profile("project", deadline=None)
settings.load_profile("project")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Loaded once; each test's changes are rolled back."""
    with django_db_blocker.unblock():
        records.load()


@pytest.fixture
def shop(db):
    return {entry["label"] + ("_tradein" if entry["kind"] == "tradein" else ""): entry for entry in records.listing()}


@pytest.fixture
def lea(agent):
    return agent("review", "lea")


@pytest.fixture
def sam(agent):
    return agent("review", "sam")


@pytest.fixture
def marc(agent):
    return agent("review", "marc")


@pytest.fixture
def waiting_conversation(db):
    """waiting_conversation(text): the customer wrote this, perhaps was shown a card, and waits for a person."""

    def begin(text, address="192.0.2.1", card=None):
        opened = conversations.open_conversation(address)
        conversations.post_text(opened.id, uuid.uuid4(), text, "worker")
        reply = {"text": "Je préviens l’équipe.", "buttons": [], "card": card, "handover": "asked"}
        conversations.answer(leases.next_pending(opened.id), {"replies": [reply], "explanation": None})
        return Conversation.objects.get(id=opened.id)

    return begin


class ActionResult(list):
    """The result of an action: (reply, values) pairs, and the events for Rasa."""

    def __init__(self, messages, events):
        super().__init__((message["response"], message) for message in messages)
        self.slots = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
        self.next = next((event["name"] for event in events if event["event"] == "followup"), None)
        self.left_form = any(event["event"] == "active_loop" and event["name"] is None for event in events)

    @property
    def names(self):
        return [name for name, _ in self]


@pytest.fixture
def shared_connection(db, monkeypatch):
    """Database threads use the test's own connection, so that they see the rows of its transaction."""
    connection, call = connections["default"], database._with_live_connection

    def call_with_shared_connection(function, *args, **kwargs):
        connections["default"] = connection
        try:
            return call(function, *args, **kwargs)
        finally:
            del connections["default"]

    monkeypatch.setattr(database, "_with_live_connection", call_with_shared_connection)
    connection.inc_thread_sharing()
    yield
    connection.dec_thread_sharing()


@pytest.fixture
def act(shared_connection):
    """Run one action: act("action_parcel", slots={…}, entities={…}, question="…", form="…").

    `question` and `ranking` (questions with probabilities): the classification of the message. `answered`: the replies
    to the previous message; `replied`: to this one, so far. `earlier`: events before that.
    """
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("actions")

    def run(
        name,
        *,
        text="…",
        intent="",
        slots=None,
        entities=None,
        form=None,
        answered=(),
        replied=(),
        ranking=(),
        earlier=(),
        **latest,
    ):
        found = [{"entity": entity, "value": value} for entity, value in (entities or {}).items()]
        message = {"text": text, "intent": {"name": intent}, "entities": found, "message_id": "m1", **latest}
        message["question_ranking"] = [{"name": question, "confidence": share} for question, share in ranking]
        before = [{"event": "bot", "metadata": {"utter_action": reply}} for reply in answered]
        now = [{"event": "bot", "metadata": {"utter_action": reply}} for reply in replied]
        events = [*(earlier or [{"event": "user"}]), *before, {"event": "user"}, *now]
        call = {
            "next_action": name,
            "sender_id": "conversation",
            "domain": {},
            "tracker": {
                "sender_id": "conversation",
                "slots": {**(entities or {}), **(slots or {})},
                "latest_message": message,
                "events": events,
                "active_loop": {"name": form} if form else {},
                "paused": False,
                "latest_action_name": "action_listen",
            },
        }
        answer = async_to_sync(executor.run)(call)
        for message in answer["responses"]:
            assert message["response"] in responses(), "the bot has no such reply"
            unfilled = placeholders(message["response"]) - set(message)
            assert not unfilled, f"{message['response']} is said without {unfilled}"
        return ActionResult(answer["responses"], answer["events"])

    return run


@pytest.fixture
def talk(db):
    """A conversation with these messages of a customer, as the console lists it: talk("où est mon colis ?")."""

    def make(*texts: str) -> Thread:
        opened = conversations.open_conversation("192.0.2.1")
        for text in texts:
            conversations.post_text(opened.pk, uuid.uuid4(), text)
        index_all()
        return Thread.objects.get(chat=opened.pk)

    return make


@pytest.fixture
def talk_of(db):
    """talk_of(("quand ?", "ask_refund/delay"), …, days=5): a conversation with these messages, five days ago."""

    def talk(*said, days=5.0, address="192.0.2.1", model="", helpful=None, **slots):
        opened = conversations.open_conversation(address)
        for text, question in said:
            conversations.post_text(opened.id, uuid.uuid4(), text, "worker")
            intent = question.partition("/")[0]
            explanation = {
                "model": model, "intent": intent, "confidence": 0.9, "ranking": [], "actions": [], "slots": slots,
                "entities": [{"entity": "question", "value": question}], "replies": [], "form": "",
            }  # fmt: skip
            replies = [{"text": "Voici.", "buttons": [], "card": None}]
            conversations.answer(leases.next_pending(opened.id), {"replies": replies, "explanation": explanation})
        at = clock.now() - timedelta(days=days)
        Message.objects.filter(conversation=opened).update(at=at)
        Conversation.objects.filter(id=opened.id).update(opened_at=at, last_at=at, helpful=helpful)
        index_all()
        return Thread.objects.get(chat=opened.id)

    return talk
