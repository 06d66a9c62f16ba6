"""An inbox gets changes of what it shows, and of nothing else: fifty inboxes must not load a list for each message."""

import uuid

import pytest
from asgiref.sync import async_to_sync

from chat import conversations, pubsub, takeover, team
from chat.handover import leave_request
from chat.models import Conversation
from console import inbox_updates
from console.inbox_updates import InboxUpdates, snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(waiting_conversation, lea):
    found = waiting_conversation("je veux parler à quelqu’un")
    takeover.take(found.id, lea.user)
    return found


def write(conversation):
    conversations.post_text(conversation.id, uuid.uuid4(), "et ensuite ?", "worker")


def changed(act, user, tab="miennes", shown=None):
    """The parts of this user's page that the act changes."""
    before = snapshot({shown} - {None}).seen_by(user.pk, tab, shown)
    act()
    after = snapshot({shown} - {None}).seen_by(user.pk, tab, shown)
    return {part for part in before if before[part] != after[part]}


def test_a_message_is_published_to_the_agent_and_to_viewers(held, lea, marc):
    assert changed(lambda: write(held), lea.user, shown=held.id) == {"list", "talk"}
    assert changed(lambda: write(held), marc.user) == set()
    assert changed(lambda: write(held), marc.user, shown=held.id) == {"talk"}
    assert changed(lambda: write(held), marc.user, tab="collegues") == {"list"}


def test_the_queue_and_presence_are_published_to_everybody(held, lea, marc, waiting_conversation):
    assert changed(lambda: waiting_conversation("un conseiller", "192.0.2.9"), marc.user) == {"list"}
    assert changed(lambda: takeover.hand_back(held.id, lea.user), marc.user) == {"list"}
    assert changed(lambda: team.mark_present(lea.user, True), marc.user) == {"people"}
    asks = {"email": "zoe@example.com", "text": "Rappelez-moi."}
    assert changed(lambda: leave_request("somebody", "m", **asks), lea.user) == {"list"}


def test_a_conversation_with_the_assistant_is_live_for_who_looks_at_it(marc):
    opened = conversations.open_conversation("192.0.2.1")
    assert changed(lambda: write(opened), marc.user, shown=opened.id) == {"talk"}
    assert changed(lambda: write(opened), marc.user) == set()


def test_with_many_inboxes_changes_of_the_queue_are_published_together(
    waiting_conversation, held, marc, monkeypatch, shared_connection
):
    updates, now = InboxUpdates(), [1000.0]
    monkeypatch.setattr(inbox_updates.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(pubsub, "readers", lambda _: 50)

    def queue_after(seconds):
        now[0] += seconds
        async_to_sync(updates._compare)()
        return updates.latest.seen_by(marc.user.pk, "miennes", None)["list"]

    found = [queue_after(0)]
    waiting_conversation("un conseiller", "192.0.2.8")
    found.append(queue_after(1))
    for number in range(3):
        waiting_conversation("un conseiller", f"192.0.2.{10 + number}")
        write(held)
        found.append(queue_after(0.9))
    assert len(set(found)) == 2, "the first is published at once, the next ones wait"
    found.append(queue_after(1))
    assert len(set(found)) == 3
    assert Conversation.objects.filter(responder="waiting").count() == 4
