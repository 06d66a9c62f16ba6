"""« Transmise » tells apart: the contacts were given, a request was left, a person answered."""

import uuid

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from chat import conversations, leases, takeover
from chat.handover import leave_request
from console.indexing.indexer import index_all
from console.models import Outcome, Thread

pytestmark = pytest.mark.django_db
CONTACTS = {
    "replies": [{"text": "Appelez le 01 76 24 11 20.", "buttons": [], "card": None}],
    "explanation": {
        "intent": "contact_support", "confidence": 0.9, "ranking": [], "entities": [], "slots": {}, "replies": [],
        "actions": [{"name": "action_facts", "policy": "RulePolicy"}], "form": "",
    },
}  # fmt: skip


@pytest.fixture
def conversation():
    opened = conversations.open_conversation("192.0.2.1")
    conversations.post_text(opened.id, uuid.uuid4(), "je veux parler à quelqu’un", "worker")
    conversations.answer(leases.next_pending(opened.id), CONTACTS)
    return opened


def outcome(conversation):
    index_all()
    return Thread.objects.get(chat=conversation).outcome


def test_each_way_to_a_person_is_an_outcome_of_its_own(conversation, agent):
    assert outcome(conversation) == Outcome.CONTACTS
    leave_request(conversation.id.hex, "m", email="a@example.com", text="Rappelez-moi.")
    conversations.rate(conversation.id, True, "")  # any change has it read again
    assert outcome(conversation) == Outcome.REQUEST
    takeover.reply(conversation.id, User.objects.create_user("lea"), uuid.uuid4(), "Bonjour.", 1)
    assert outcome(conversation) == Outcome.PERSON
    client = agent("read")
    for issue, found in (("person", True), ("escalated", True), ("contacts", False)):
        page = client.get(reverse("console:threads"), {"issue": issue}).content.decode()
        assert ("je veux parler à quelqu’un" in page) == found


def test_what_somebody_adds_to_another_s_request_is_a_request_too(conversation):
    leave_request("another", "m", email="a@example.com", text="Bonjour.")
    leave_request(conversation.id.hex, "m", email="a@example.com", text="Et encore.")
    assert outcome(conversation) == Outcome.REQUEST
