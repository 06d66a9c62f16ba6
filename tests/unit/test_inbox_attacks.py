"""Unauthorised calls of the inbox's URLs: without a session, with another role, for a colleague's conversation."""

import asyncio
import uuid
from importlib import import_module

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from auditlog.models import LogEntry
from django.conf import settings as configured
from django.contrib.auth.models import User
from django.test import Client, RequestFactory
from django.urls import reverse

from chat import activity, conversations, takeover, team, transfer
from chat.models import Conversation, Message, Responder
from console.models import Thread, Turn
from console.views import inbox
from demo import records
from shop import clock

pytestmark = pytest.mark.django_db
ACTIONS = {
    "take_over": {}, "reply": {"texte": "Bonjour"}, "hand_back": {}, "close": {}, "offer": {"a": "1"},
    "accept_offer": {}, "decline_offer": {}, "withdraw_offer": {}, "reassign": {"raison": "Léa est partie"},
    "activity": {"ecrit": "on"},
}  # fmt: skip
CARD = {"number": "PX48207264", "tracking_url": "https://www.laposte.fr/outils/suivre-vos-envois?code=8R004"}


@pytest.fixture
def conversation(waiting_conversation):
    """A conversation in the queue whose customer was shown an order."""
    return waiting_conversation("je voudrais parler à quelqu’un", card=CARD)


@pytest.fixture
def held(conversation, lea):
    """Such a conversation that Léa answers."""
    takeover.take(conversation.id, lea.user)
    return Conversation.objects.get(id=conversation.id)


def call(client, name, conversation, **fields):
    seen = Conversation.objects.filter(id=conversation).values_list("last_seq", flat=True).first() or 0
    posted = {**ACTIONS[name], "envoi": uuid.uuid4(), "vu": seen, **fields}
    return client.post(reverse(f"console:{name}", args=[conversation]), posted)


def state(conversation):
    """All rows that an attack could change."""
    row = Conversation.objects.values("responder", "agent", "offered_to", "offered_at", "last_seq").get(
        id=conversation.id
    )
    return row, list(Message.objects.filter(conversation=conversation).values_list("seq", "text", "author"))


@pytest.mark.parametrize("name", ACTIONS)
def test_each_action_wants_its_role_a_token_and_a_post(name, held, agent):
    before, address = state(held), reverse(f"console:{name}", args=[held.id])
    nobody = call(Client(), name, held.id)
    assert nobody.status_code == 302
    assert reverse("console:sign_in") in nobody["Location"]
    assert call(agent("read"), name, held.id).status_code == 403
    client = agent("manage", "lead")
    assert client.get(address).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(client.user)
    assert call(strict, name, held.id).status_code == 403
    client.user.is_active = False
    client.user.save()
    assert call(client, name, held.id).status_code == 302
    assert state(held) == before


@pytest.mark.parametrize("name", ACTIONS)
def test_a_forged_conversation_is_not_found(name, held, agent):
    before, client = state(held), agent("manage")
    for forged in (uuid.uuid4(), uuid.UUID(int=0)):
        assert call(client, name, forged).status_code == 404
    for strange in (held.pk.hex[:-1], "1", "..", held.pk.hex + "0", "%00"):
        assert client.post(reverse("console:inbox") + f"{strange}/prendre").status_code in (400, 404)
    assert state(held) == before


@pytest.mark.parametrize("name", [name for name in ACTIONS if name != "reassign"])
def test_a_colleagues_conversation_stays_theirs(name, held, marc):
    team.mark_present(marc.user, available=True)
    before = state(held)
    assert call(marc, name, held.id, a=held.agent_id).status_code == (204 if name == "activity" else 409)
    assert state(held) == before
    assert not activity.of(held.id, activity.AGENT)


@pytest.mark.parametrize("name", ["reply", "hand_back", "close", "offer", "withdraw_offer", "activity"])
def test_a_page_from_before_the_conversation_changed_hands_does_nothing(name, held, lea, marc):
    """The conversation's agent left, and a colleague took it."""
    for client in (lea, marc):
        team.mark_present(client.user, available=True)
    transfer.reassign(held.id, marc.user)
    before = state(held)
    assert call(lea, name, held.id, a=marc.user.pk).status_code == (204 if name == "activity" else 409)
    assert state(held) == before
    assert not activity.of(held.id, activity.AGENT)


@pytest.mark.parametrize("name", [name for name in ACTIONS if name != "activity"])
def test_nothing_is_done_to_an_erased_conversation(name, held, lea, agent):
    conversations.erase(held.id)
    before = state(held)
    team.mark_present(lea.user, available=True)
    assert call(agent("manage"), name, held.id, a=lea.user.pk).status_code == 409
    assert state(held) == before


def test_only_a_lead_reassigns(held, marc):
    before = state(held)
    assert call(marc, "reassign", held.id).status_code == 403
    assert state(held) == before


def test_an_offer_is_answered_by_whom_it_was_made_to(held, lea, marc, sam):
    for client in (lea, marc, sam):
        team.mark_present(client.user, available=True)
    transfer.offer(held.id, lea.user, marc.user)
    before = state(held)
    for name in ("accept_offer", "decline_offer", "withdraw_offer", "offer"):
        assert call(sam, name, held.id, a=marc.user.pk).status_code == 409
    assert state(held) == before
    transfer.withdraw(held.id, lea.user)
    assert call(marc, "accept_offer", held.id).status_code == 409


def test_a_conversation_is_offered_to_people_who_may_answer(held, lea, agent):
    reader, gone = agent("read"), agent("review", "gone")
    for client in (lea, reader, gone):
        team.mark_present(client.user, available=True)
    gone.user.is_active = False
    gone.user.save()
    before = state(held)
    for strange in (lea.user.pk, reader.user.pk, gone.user.pk, 10**6, 0, -1, "", "1 OR 1=1", "9" * 40):
        assert call(lea, "offer", held.id, a=strange).status_code == 400, strange
    assert state(held) == before


@pytest.mark.parametrize(
    ("name", "value"),
    [("envoi", ""), ("envoi", "1"), ("vu", "-"), ("vu", "9" * 5000), ("vu", 10**9), ("vu", -1), ("texte", "\u202e")],
)
def test_forged_fields_send_nothing(held, lea, name, value):
    before = state(held)
    assert call(lea, "reply", held.id, **{name: value}).status_code in (400, 409)
    assert state(held) == before


def test_a_refused_message_reveals_no_value_of_the_customer(conversation, marc):
    """A filled-in placeholder would show the order's number and the name to an agent without the conversation."""
    thread = Thread.objects.create(
        chat=conversation, sender=conversation.id.hex, started_at=clock.now(), last_at=clock.now()
    )
    order = next(one for one in records.listing() if one["label"] == "shipped")
    Turn.objects.create(thread=thread, seq=1, at=clock.now(), text="", slots={"email": order["email"]})
    known = "{prénom} {commande} {lien de suivi}"
    for fields in ({"texte": known, "vu": 0}, {"texte": known + " {date limite}"}):
        refused = call(marc, "reply", conversation.id, **fields)
        assert refused.status_code in (400, 409)
        body = refused.content.decode()
        assert known in body
        assert not [value for value in (order["first_name"], *CARD.values()) if value in body]


def test_every_look_at_a_conversation_is_written_down(held, marc):
    """The fragment that an open page reloads, and the page of a refused action, show its messages too."""

    def looks():
        return LogEntry.objects.filter(additional_data__deed="read", actor=marc.user).count()

    fragment = reverse("console:inbox_talk", args=[held.id])
    marc.get(fragment)
    assert looks() == 1
    call(marc, "close", held.id)
    assert looks() == 2
    marc.get(reverse("console:inbox"), {"c": held.id.hex})
    for _ in range(3):
        marc.get(fragment)
    assert looks() == 3, "its own page reloads it"


def test_a_repeated_message_does_not_take_the_conversation_over(conversation, lea, marc):
    """Otherwise the audit trail would claim that a colleague saw its data."""
    sent = uuid.uuid4()
    call(lea, "reply", conversation.id, envoi=sent)
    call(lea, "hand_back", conversation.id)
    call(marc, "reply", conversation.id, envoi=sent)
    assert Conversation.objects.get(id=conversation.id).responder == Responder.BOT
    assert not LogEntry.objects.filter(additional_data__deed="took_over", actor=marc.user).exists()


@pytest.mark.parametrize("withdrawn", ["role", "account", "session"])
def test_an_open_stream_ends_with_the_role_the_account_or_the_session(
    marc, held, monkeypatch, withdrawn, shared_connection
):
    monkeypatch.setattr(inbox, "HEARTBEAT_SECONDS", 0.01)
    request = RequestFactory().get(reverse("console:inbox_stream"), {"c": held.id.hex})
    store = import_module(configured.SESSION_ENGINE).SessionStore
    request.user, request.session = User.objects.get(pk=marc.user.pk), store(marc.session.session_key)
    request.user.is_verified = lambda: False

    def withdraw():
        if withdrawn == "role":
            marc.user.groups.clear()
        elif withdrawn == "account":
            User.objects.filter(pk=marc.user.pk).update(is_active=False)
        else:
            marc.session.delete()

    async def read():
        events = (await inbox.stream(request)).streaming_content
        await anext(events)
        await sync_to_async(withdraw)()
        async with asyncio.timeout(20):
            return [event async for event in events]

    async_to_sync(read)()
