"""The inbox's pages: who may answer, what they see, and what is refused with its text kept."""

import uuid

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from chat import conversations, leases, takeover, updates
from chat.models import AgentPresence, Conversation
from console.roles import ROLES

pytestmark = pytest.mark.django_db
CALLS = {
    "replies": [{"text": "Je préviens l’équipe.", "buttons": [], "card": None, "handover": "asked"}],
    "explanation": None,
}


def agent(name, role="review"):
    user = User.objects.create_user(name, first_name=name.capitalize())
    user.groups.add(Group.objects.get(name=ROLES[role]))
    return user


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def lea():
    return agent("lea")


@pytest.fixture
def conversation():
    opened = conversations.open_conversation("192.0.2.1")
    conversations.post_text(opened.id, uuid.uuid4(), "rappelez-moi, camille.durand@example.com", "worker")
    conversations.answer(leases.next_pending(opened.id), CALLS)
    return Conversation.objects.get(id=opened.id)


def page(client, conversation=None, **query):
    return client.get(
        reverse("console:inbox"), query | ({"c": conversation.id.hex} if conversation else {})
    ).content.decode()


def send(client, conversation, text="Bonjour.", seen=None):
    conversation.refresh_from_db()
    fields = {"texte": text, "envoi": uuid.uuid4(), "vu": conversation.last_seq if seen is None else seen}
    return client.post(reverse("console:reply", args=[conversation.id]), fields)


def act(client, name, conversation):
    return client.post(reverse(f"console:{name}", args=[conversation.id]))


def last_text(conversation):
    return updates.unread(conversation.id, 0).messages[-1].text


def test_only_who_may_review_answers_customers(conversation):
    client = signed_in(agent("lou", "read"))
    assert client.get(reverse("console:inbox")).status_code == 403
    assert send(client, conversation).status_code == 403
    assert act(client, "take_over", conversation).status_code == 403
    assert client.post(reverse("console:be_present"), {"disponible": "1"}).status_code == 403
    assert Client().get(reverse("console:inbox")).status_code == 302


def test_data_is_masked_until_the_agent_answers_and_that_is_recorded(lea, conversation):
    client = signed_in(lea)
    assert "camille.durand@" not in page(client, conversation)
    assert "camille.durand@" not in page(client)
    act(client, "take_over", conversation)
    assert "camille.durand@example.com" in page(client, conversation)
    assert LogEntry.objects.filter(additional_data__deed="took_over", actor=lea).count() == 1
    assert "camille.durand@" not in page(signed_in(agent("marc")), conversation)


def test_a_conversation_passes_through_the_tabs(lea, conversation):
    client = signed_in(lea)
    found = f"c={conversation.id.hex}"

    def tabs():
        return [tab for tab in ("a-prendre", "miennes", "client", "terminees") if found in page(client, onglet=tab)]

    assert tabs() == ["a-prendre"]
    act(client, "take_over", conversation)
    assert tabs() == ["miennes"]
    send(client, conversation)
    assert tabs() == ["client"]
    act(client, "close", conversation)
    assert tabs() == ["terminees"]


def test_the_second_agent_reads_who_has_it_and_keeps_their_text(lea, conversation):
    act(signed_in(lea), "take_over", conversation)
    marc = signed_in(agent("marc"))
    taken = act(marc, "take_over", conversation)
    assert taken.status_code == 409
    assert "Lea a déjà pris" in taken.content.decode()
    refused = send(marc, conversation, "Ma longue réponse")
    assert refused.status_code == 409
    assert "Lea répond maintenant" in refused.content.decode()
    assert last_text(conversation) != "Ma longue réponse"


@pytest.mark.parametrize(
    ("text", "seen", "status"), [("Réponse", 0, 409), ("   ", None, 400), ("x" * 3000, None, 400), ("a", "un", 400)]
)
def test_a_refused_message_is_not_sent(lea, conversation, text, seen, status):
    answer = send(signed_in(lea), conversation, text, seen)
    assert answer.status_code == status
    assert last_text(conversation) == "Je préviens l’équipe."
    if status == 409:
        assert "Réponse</textarea>" in answer.content.decode()


def test_a_card_number_is_masked_for_the_agent_too(lea, conversation):
    conversations.post_text(conversation.id, uuid.uuid4(), "ma carte 4111 1111 1111 1111", "worker")
    client = signed_in(lea)
    act(client, "take_over", conversation)
    assert "4111" not in page(client, conversation)


def test_a_message_of_an_ended_conversation_says_so(lea, conversation):
    conversations.erase(conversation.id)
    answer = send(signed_in(lea), conversation)
    assert answer.status_code == 409
    assert "n’est plus possible" in answer.content.decode()


def test_presence_is_what_the_open_inbox_says(lea):
    client = signed_in(lea)
    for chosen, expected in (("1", True), ("0", False)):
        assert client.post(reverse("console:be_present"), {"disponible": chosen}).status_code == 204
        assert AgentPresence.objects.get(user=lea).available is expected


def test_a_colleagues_conversation_cannot_be_ended(lea, conversation):
    takeover.take(conversation.id, lea)
    for name in ("hand_back", "close"):
        assert (
            act(
                signed_in(User.objects.filter(username="marc").first() or agent("marc")), name, conversation
            ).status_code
            == 409
        )


def test_the_number_of_queries_does_not_grow_with_the_list(lea, django_assert_max_num_queries, monkeypatch):
    monkeypatch.setattr("chat.limits.check_opening", lambda fingerprint: None)
    for number in range(12):
        opened = conversations.open_conversation(f"192.0.2.{number}")
        conversations.post_text(opened.id, uuid.uuid4(), "un conseiller svp", "worker")
        conversations.answer(leases.next_pending(opened.id), CALLS)
    client = signed_in(lea)
    with django_assert_max_num_queries(20):
        assert page(client, onglet="a-prendre").count("data-row") == 12
