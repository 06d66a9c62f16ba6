import pytest
from django.db import OperationalError, connection

from chat import conversations
from chat.handover import HandOverUnavailable, leave_request
from chat.models import HandOverRequest


def test_a_message_makes_one_request_however_often_it_is_handled(db):
    first = leave_request("c", "m", email="a@example.com", text="Rappelez-moi")
    again = leave_request("c", "m", email="a@example.com", text="Rappelez-moi")
    assert first.pk == again.pk
    assert HandOverRequest.objects.count() == 1


def test_a_late_turn_of_an_erased_conversation_leaves_none(db):
    conversation = conversations.open_conversation("192.0.2.1")
    conversations.erase(conversation.id)
    with pytest.raises(HandOverUnavailable):
        leave_request(conversation.id.hex, "1", email="a@example.com", text="Rappelez-moi")
    assert not HandOverRequest.objects.exists()


def test_a_database_error_is_reported(db, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("the database is unavailable")

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", away)
        with pytest.raises(HandOverUnavailable):
            leave_request("c", "m", email="a@example.com", text="Rappelez-moi")
