"""Requests in the inbox: each in its tab, taken by one agent, never answered with an unread addition, all undoable."""

import re

import pytest
from auditlog.models import LogEntry
from django.urls import reverse

from chat.handover import forget, leave_request
from chat.models import HandOverRequest
from console import requests as listed

pytestmark = pytest.mark.django_db
URL = reverse("console:inbox")


@pytest.fixture
def requests(db):
    return [leave_request(f"c{n}", "m", email=f"a{n}@example.com", text=f"Demande-{n:03}.") for n in range(60)]


def text(client, query):
    return client.get(f"{URL}?{query}").content.decode().replace("\u00a0", " ")


def shown(client, query):
    return re.findall(r"Demande-(\d{3})", text(client, query))


def act(client, name, one, **fields):
    return client.post(reverse(f"console:{name}", args=[one.pk]), fields)


def current(one):
    return HandOverRequest.objects.get(pk=one.pk)


def test_every_request_is_on_one_page_the_oldest_first(agent, requests):
    client, seen = agent("read"), []
    for page in (1, 2, 3):
        seen += shown(client, f"onglet=a-prendre&page={page}")
    assert seen == [f"{n:03}" for n in range(60)]
    assert f"Page 1 sur {60 // listed.SIZE + 1}" in text(client, "onglet=a-prendre")


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=999", "onglet=x&d=x&c=x", "page=9" + "9" * 5000])
def test_a_page_that_does_not_exist_is_a_nearby_one(agent, requests, query):
    assert shown(agent("read"), query)


@pytest.mark.slow
def test_a_request_passes_through_the_tabs(lea, sam, requests):
    one = requests[5]

    def tabs(client):
        folders = ("a-prendre", "miennes", "collegues", "terminees")
        return [tab for tab in folders if "005" in shown(client, f"onglet={tab}")]

    assert tabs(lea) == ["a-prendre"]
    act(lea, "take", one)
    assert (tabs(lea), tabs(sam)) == (["miennes"], ["collegues"])
    act(lea, "answered", one, vu=0)
    assert tabs(lea) == ["terminees"]
    act(lea, "reopen", one)
    assert tabs(lea) == ["miennes"]
    act(lea, "give_back", one)
    assert tabs(lea) == ["a-prendre"]


@pytest.mark.parametrize(("state", "tab"), [("repondues", "terminees"), ("les-miennes", "miennes"), ("x", "a-prendre")])
def test_bookmarks_of_the_former_page_lead_to_the_inbox(lea, state, tab):
    assert lea.get(reverse("console:handovers"), {"etat": state}).url == f"{URL}?onglet={tab}"


def test_a_message_that_came_meanwhile_is_not_answered_unread(lea, requests):
    one = requests[0]
    act(lea, "take", one)
    leave_request("later", "m", email=one.email, text="Et encore ceci.")
    act(lea, "answered", one, vu=0)
    assert current(one).answered_at is None
    body = text(lea, f"d={one.pk}")
    assert "entre-temps" in body
    assert "Et encore ceci." in body
    act(lea, "answered", one, vu=1)
    assert current(one).answered_at


def test_what_was_answered_is_written_down_masked_and_forgotten_with_the_customer(lea, sam, requests):
    one = requests[0]
    act(lea, "take", one)
    leave_request("later", "m", email=one.email, text="Et encore ceci.")
    act(lea, "answered", one, vu=1, reponse="Écrit à camille.durand@example.com, carte 4111 1111 1111 1111.")
    assert "4111" not in current(one).answer
    assert "Écrit à" in text(sam, f"d={one.pk}")
    assert "camille.durand@" not in text(sam, f"d={one.pk}")
    forget([one.conversation])
    assert current(one).answer == "", "it quotes the conversation that is gone"


def test_the_second_user_gets_an_error_and_the_first_one_the_address(lea, sam, requests):
    for client in (lea, sam):
        act(client, "take", requests[0])
    chosen = f"d={requests[0].pk}"
    mine, other = text(lea, chosen), text(sam, chosen)
    assert "à vous" in mine
    assert "déjà pris" in other
    assert "a0@example.com" in mine
    assert "a0@example.com" not in other


def test_every_press_can_be_taken_back(lea, sam, requests):
    """Each flash message offers « Annuler ». Every agent can reopen an answered request."""
    one = requests[0]
    for name, undo in (("take", "give_back"), ("give_back", "take"), ("take", "give_back"), ("answered", "reopen")):
        act(lea, name, one)
        body = text(lea, f"d={one.pk}")
        assert "Annuler" in body
        assert reverse(f"console:{undo}", args=[one.pk]) in body
    act(sam, "reopen", one)
    assert (current(one).answered_at, current(one).taken_by.username) == (None, "sam")


def test_a_lead_frees_a_request_with_a_reason_and_nobody_else_does(lea, agent, requests):
    one = requests[0]
    act(lea, "take", one)
    assert act(agent("review", "zoe"), "free", one, raison="elle est en congé").status_code == 403
    lead = agent("manage")
    act(lead, "free", one, raison="")
    assert current(one).taken_by
    act(lead, "free", one, raison="elle est en congé")
    assert current(one).taken_by is None
    assert LogEntry.objects.get(additional_data__deed="reassigned").additional_data["reason"] == "elle est en congé"


def test_a_reader_sees_the_list_and_no_button(agent, requests):
    body = text(agent("read"), f"onglet=a-prendre&d={requests[0].pk}")
    assert "Demande-000" in body
    assert reverse("console:take", args=[requests[0].pk]) not in body
