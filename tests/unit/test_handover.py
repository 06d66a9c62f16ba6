import pytest
from django.db import OperationalError, connection

from chat.handover import HandOverUnavailable, leave_request
from chat.models import HandOverRequest


def test_a_message_makes_one_request_however_often_it_is_handled(db):
    first = leave_request("c", "m", email="a@example.com", text="Rappelez-moi")
    again = leave_request("c", "m", email="a@example.com", text="Rappelez-moi")
    assert first.pk == again.pk
    assert HandOverRequest.objects.count() == 1


def test_a_database_fault_is_told(db, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("the database is away")

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", away)
        with pytest.raises(HandOverUnavailable):
            leave_request("c", "m", email="a@example.com", text="Rappelez-moi")
