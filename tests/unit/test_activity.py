"""Typing indicators, read marks and viewers reach the windows of every process, are bounded and never stored."""

import asyncio
import uuid

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from chat import activity, activity_signals, conversations, pg_notify, pubsub, takeover, updates
from chat.activity import AGENT, CUSTOMER
from chat.api.serializers import state_json

CHAT = uuid.uuid4()


@pytest.fixture(autouse=True)
def forget(monkeypatch):
    activity._known.clear()
    sent = []
    monkeypatch.setattr(pg_notify, "publish", lambda conversation, state="": sent.append(state))
    return sent


@pytest.fixture
def clock(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(activity.time, "monotonic", lambda: now[0])
    return now


def test_typing_ends_by_itself_or_with_the_message(clock):
    activity_signals.types(CHAT, CUSTOMER)
    assert activity.of(CHAT, CUSTOMER) == {"typing": True}
    assert activity.of(CHAT, AGENT) == {}
    clock[0] += activity_signals.TYPING_SECONDS
    assert activity.of(CHAT, CUSTOMER) == {}
    activity_signals.types(CHAT, CUSTOMER)
    activity_signals.stops(CHAT, CUSTOMER)
    assert activity.of(CHAT, CUSTOMER) == {}


def test_not_every_keystroke_is_published(forget, clock):
    for _ in range(100):
        activity_signals.types(CHAT, CUSTOMER)
    assert len(forget) == 1
    clock[0] += activity_signals.MIN_SECONDS + 0.1
    activity_signals.types(CHAT, CUSTOMER)
    assert len(forget) == 2


def test_a_read_mark_only_grows(forget):
    for seq in (5, 3, 5, 7):
        activity_signals.reads(CHAT, AGENT, seq)
    assert activity.of(CHAT, AGENT) == {"read": 7}
    assert len(forget) == 2


def test_state_published_by_another_process_is_shown_here(forget):
    activity_signals.shows(CHAT, 4, "Léa Martin")
    state = forget[-1]
    activity._known.clear()
    pg_notify._deliver(f"{CHAT.hex} {pubsub.WORKER} {state}")
    assert activity.viewers(CHAT, excluding=0) == [], "without the user's own name"
    pg_notify._deliver(f"{CHAT.hex} another {state}")
    assert activity.viewers(CHAT, excluding=0) == ["Léa Martin"]
    assert activity.viewers(CHAT, excluding=4) == []


def test_a_flood_of_states_uses_bounded_memory():
    for _ in range(activity.MAX_CONVERSATIONS + 100):
        activity_signals.types(uuid.uuid4(), CUSTOMER)
    assert len(activity._known) == activity.MAX_CONVERSATIONS
    for number in range(1000):
        activity_signals.shows(CHAT, number, "x")
    assert len(activity._known[CHAT]) == activity.MAX_PER_CONVERSATION


def test_a_view_in_a_thread_wakes_a_reader():
    async def read():
        with pubsub.subscribe(CHAT) as subscriber:
            waiting = asyncio.create_task(subscriber.wait(30))
            await asyncio.sleep(0)
            await asyncio.to_thread(pubsub.publish, CHAT)
            await waiting

    # In debug mode, asyncio raises if it is called from another thread, which would not wake the loop.
    asyncio.run(read(), debug=True)


@pytest.mark.django_db
def test_only_the_agent_who_answers_is_shown_to_the_customer(agent):
    lea, marc = agent("review", "lea"), agent("review", "marc")
    opened = conversations.open_conversation("192.0.2.1")
    conversations.post_text(opened.id, uuid.uuid4(), "bonjour", "worker")
    takeover.take(opened.id, lea.user)

    def team():
        return state_json(opened.id, updates.unread(opened.id, 0))["team"]

    address = reverse("console:activity", args=[opened.id])
    marc.post(address, {"ecrit": "1", "lu": "1"})
    assert team() == {"agent": "lea"}
    lea.post(address, {"ecrit": "1", "lu": "99"})
    assert team() == {"agent": "lea", "typing": True, "read": 2}, "there is no message 99"
    fields = {"texte": "Bonjour.", "envoi": uuid.uuid4(), "vu": 1}
    lea.post(reverse("console:reply", args=[opened.id]), fields)
    assert "typing" not in team()
    takeover.hand_back(opened.id, User.objects.get(username="lea"))
    assert "team" not in state_json(opened.id, updates.unread(opened.id, 0))
