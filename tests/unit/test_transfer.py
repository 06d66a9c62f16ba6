"""Transfers of a conversation, and the service periods from which the team's statistics are computed."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from chat import conversations, leases, takeover, team, transfer, updates
from chat.models import Conversation, Ending, Responder, ServicePeriod
from shop import clock

pytestmark = pytest.mark.django_db
CALLS = {
    "replies": [{"text": "Je préviens l’équipe.", "buttons": [], "card": None, "handover": "asked"}],
    "explanation": None,
}


@pytest.fixture
def people():
    made = [User.objects.create_user(name, first_name=name.title()) for name in ("lea", "marc", "zoe")]
    for one in made:
        team.mark_present(one, available=True)
    return made


@pytest.fixture
def conversation():
    opened = conversations.open_conversation("192.0.2.1")
    conversations.post_text(opened.id, uuid.uuid4(), "je veux parler à quelqu’un", "worker")
    conversations.answer(leases.next_pending(opened.id), CALLS)
    return opened


@pytest.fixture
def later(monkeypatch):
    def pass_by(people, **time):
        now = clock.now() + timedelta(**time)
        monkeypatch.setattr(clock, "now", lambda: now)
        for one in people:
            team.mark_present(one, available=True)

    return pass_by


def row(conversation):
    return Conversation.objects.get(id=conversation.id)


def last_text(conversation):
    return updates.unread(conversation.id, 0).messages[-1].text


def endings(conversation):
    return list(conversation.service_periods.order_by("pk").values_list("ending", flat=True))


def test_the_agent_answers_until_the_colleague_accepts(conversation, people):
    lea, marc, zoe = people
    takeover.take(conversation.id, lea)
    transfer.offer(conversation.id, lea, marc)
    takeover.reply(conversation.id, lea, uuid.uuid4(), "Un instant, je vois avec Marc.", row(conversation).last_seq)
    with pytest.raises(transfer.NoOffer):
        transfer.accept(conversation.id, zoe)
    transfer.accept(conversation.id, marc)
    assert row(conversation).agent == marc
    assert last_text(conversation) == "Marc, de l’équipe Pixmania, prend le relais à partir de maintenant."
    with pytest.raises(takeover.NotYours):
        takeover.hand_back(conversation.id, lea)
    with pytest.raises(transfer.NoOffer):
        transfer.accept(conversation.id, marc)


def test_a_declined_or_withdrawn_offer_leaves_it_with_the_agent(conversation, people):
    lea, marc, _ = people
    takeover.take(conversation.id, lea)
    before = last_text(conversation)
    for end, by in ((transfer.decline, marc), (transfer.withdraw, lea)):
        transfer.offer(conversation.id, lea, marc)
        end(conversation.id, by)
        with pytest.raises(transfer.NoOffer):
            transfer.accept(conversation.id, marc)
    assert row(conversation).agent == lea
    assert last_text(conversation) == before, "nothing has changed for the customer"


def test_only_the_answering_agent_offers_and_only_to_present_colleagues(conversation, people):
    lea, marc, zoe = people
    with pytest.raises(takeover.NotYours):
        transfer.offer(conversation.id, lea, marc)
    takeover.take(conversation.id, lea)
    team.mark_present(marc, available=False)
    for absent in (marc, User.objects.create_user("absent")):
        with pytest.raises(transfer.Absent):
            transfer.offer(conversation.id, lea, absent)
    with pytest.raises(takeover.NotYours):
        transfer.offer(conversation.id, marc, zoe)


def test_an_offer_that_nobody_answers_ends_in_the_queue_and_the_customer_knows(conversation, people, later):
    lea, marc, _ = people
    takeover.take(conversation.id, lea)
    transfer.offer(conversation.id, lea, marc)
    assert takeover.release_stale() == []
    later(people, minutes=3)
    assert takeover.release_stale() == [conversation.id]
    assert row(conversation).responder == Responder.WAITING
    assert last_text(conversation).startswith("La personne à qui Lea voulait vous confier n’a pas répondu.")
    with pytest.raises(transfer.NoOffer):
        transfer.accept(conversation.id, marc)


@pytest.mark.parametrize(("minutes", "ends"), [(2, True), (4, False)])
def test_how_long_an_offer_stands_is_a_setting(conversation, people, later, settings, minutes, ends):
    settings.TEAM_OFFER_MINUTES = minutes
    lea, marc, _ = people
    takeover.take(conversation.id, lea)
    transfer.offer(conversation.id, lea, marc)
    later(people, minutes=3)
    assert bool(takeover.release_stale()) is ends


def test_a_declined_offer_does_not_time_out(conversation, people, later):
    lea, marc, _ = people
    takeover.take(conversation.id, lea)
    transfer.offer(conversation.id, lea, marc)
    transfer.decline(conversation.id, marc)
    later(people, minutes=3)
    takeover.reply(conversation.id, lea, uuid.uuid4(), "Je continue.", row(conversation).last_seq)
    assert takeover.release_stale() == []


def test_a_lead_reassigns_to_a_present_colleague_or_to_the_queue(conversation, people):
    lea, marc, _ = people
    transfer.reassign(conversation.id, marc)
    assert (row(conversation).agent, last_text(conversation)[:4]) == (marc, "Marc")
    transfer.reassign(conversation.id, Responder.WAITING)
    assert row(conversation).responder == Responder.WAITING
    takeover.take(conversation.id, lea)
    with pytest.raises(transfer.Absent):
        transfer.reassign(conversation.id, User.objects.create_user("absent"))
    assert row(conversation).agent == lea


def test_service_periods_record_the_wait_the_agents_and_how_each_ended(conversation, people, later):
    lea, marc, _ = people
    later(people, minutes=1)
    takeover.take(conversation.id, lea)
    later(people, minutes=1)
    transfer.offer(conversation.id, lea, marc)
    transfer.accept(conversation.id, marc)
    later(people, minutes=1)
    takeover.reply(conversation.id, marc, uuid.uuid4(), "Bonjour.", row(conversation).last_seq)
    takeover.reply(conversation.id, marc, uuid.uuid4(), "Voici.", row(conversation).last_seq)
    takeover.close(conversation.id, marc)
    assert endings(conversation) == [Ending.TAKEN, Ending.PASSED, Ending.CLOSED]
    wait, first, second = conversation.service_periods.order_by("pk")
    assert [one.agent for one in (wait, first, second)] == [None, lea, marc]
    assert second.asked_at == wait.begun_at, "the customer has waited for a first reply since then"
    assert (second.replied_at - second.asked_at) > timedelta(minutes=2)
    assert first.replied_at is None


@pytest.mark.parametrize(
    ("end", "ending"), [("press", Ending.LEFT), ("nobody", Ending.GIVEN_UP), ("erase", Ending.OVER)]
)
def test_an_abandoned_wait_differs_from_a_taken_one(conversation, later, end, ending):
    if end == "press":
        offered = updates.unread(conversation.id, 0).messages[-1].offered
        assert [one.title for one in offered] == ["Revenir à l’assistant", "Laisser une demande"]
        conversations.post_button(conversation.id, uuid.uuid4(), offered[1].id, "worker")
        assert leases.next_pending(conversation.id), "the bot asks for the e-mail"
    elif end == "nobody":
        later([], minutes=2)
        takeover.release_stale()
    else:
        conversations.erase(conversation.id)
    assert endings(conversation) == [ending]


def test_a_service_period_ends_when_the_conversation_expires(conversation, people, later):
    takeover.take(conversation.id, people[0])
    later(people, hours=25)
    takeover.release_stale()
    assert not ServicePeriod.objects.filter(ended_at=None).exists()
    assert row(conversation).responder == Responder.BOT
