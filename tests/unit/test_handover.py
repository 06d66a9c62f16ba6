import pytest
from django.db import OperationalError, connection

from chat import conversations, handover
from chat.handover import MAX_PER_CONVERSATION, HandOverUnavailable, TooManyRequests, leave_request
from chat.models import HandOverRequest, RequestAddition
from shop import clock


def test_a_message_makes_one_request_however_often_it_is_handled(db):
    first = leave_request("c", "m", email="a@example.com", text="Rappelez-moi")
    again = leave_request("c", "m", email="a@example.com", text="Rappelez-moi")
    assert first.pk == again.pk
    assert HandOverRequest.objects.count() == 1


def test_each_message_has_a_reference_of_its_own_also_where_it_joins_a_request(db):
    """A shared reference would reveal to a stranger that an e-mail has a request."""
    left = [leave_request(name, "m", email="a@example.com", text="Rappelez-moi") for name in ("a", "b")]
    assert len({one.reference for one in left}) == 2
    assert leave_request("b", "m", email="a@example.com", text="Rappelez-moi").reference == left[1].reference
    handover.forget(["a"])
    assert HandOverRequest.objects.get().reference == left[1].reference


def test_a_late_turn_of_an_erased_conversation_stores_no_request(db):
    conversation = conversations.open_conversation("192.0.2.1")
    conversations.erase(conversation.id)
    with pytest.raises(HandOverUnavailable):
        leave_request(conversation.id.hex, "1", email="a@example.com", text="Rappelez-moi")
    assert not HandOverRequest.objects.exists()


def test_a_database_error_is_reported(db, monkeypatch):
    def unavailable(*args, **kwargs):
        raise OperationalError("the database is unavailable")

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", unavailable)
        with pytest.raises(HandOverUnavailable):
            leave_request("c", "m", email="a@example.com", text="Rappelez-moi")


VICTIM = "victime@example.com"


def texts(request):
    return [request.text, *request.additions.values_list("text", flat=True)]


def test_an_address_has_one_open_request_whoever_leaves_them_and_nothing_is_lost(db):
    for number in range(12):
        leave_request(f"c{number}", "m", email=VICTIM, text=f"Rappelez-moi {number}")
    assert texts(HandOverRequest.objects.get()) == [f"Rappelez-moi {number}" for number in range(12)]


def test_a_conversation_leaves_so_many_messages_and_no_more(db):
    for number in range(MAX_PER_CONVERSATION):
        leave_request("c", f"m{number}", email=f"a{number}@example.com", text="Rappelez-moi")
    for email in ("a0@example.com", "new@example.com"):
        with pytest.raises(TooManyRequests):
            leave_request("c", "m9", email=email, text="Rappelez-moi")
    assert leave_request("c", "m0", email="a0@example.com", text="Rappelez-moi"), "handled again"
    assert leave_request("other", "m", email="a0@example.com", text="Moi aussi"), "nobody else is refused"


def test_an_answered_request_is_closed_and_the_next_message_opens_one(db):
    leave_request("c", "m1", email=VICTIM, text="Première")
    HandOverRequest.objects.update(answered_at=clock.now())
    leave_request("c", "m2", email=VICTIM, text="Seconde")
    assert HandOverRequest.objects.count() == 2


def test_an_addition_is_made_once_however_often_it_is_handled(db):
    leave_request("c", "m1", email=VICTIM, text="Première")
    for _ in range(3):
        leave_request("d", "m2", email=VICTIM, text="Seconde")
    assert RequestAddition.objects.count() == 1


def test_erasing_a_conversation_deletes_only_its_own_messages(db):
    for name in ("a", "b", "c"):
        leave_request(name, "m", email=VICTIM, text=f"de {name}")
    assert handover.forget(["a"]) == 1
    assert texts(HandOverRequest.objects.get()) == ["de b", "de c"]
    assert handover.forget(["c", "b"]) == 2
    assert not HandOverRequest.objects.exists()
    assert not RequestAddition.objects.exists()
