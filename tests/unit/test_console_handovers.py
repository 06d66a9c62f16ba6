"""« Demandes »: pages with counts, the order an agent needs, and nothing answered unread."""

import re

import pytest
from django.urls import reverse

from chat.handover import leave_request
from chat.models import HandOverRequest
from console.views import handovers

URL = reverse("console:handovers")


@pytest.fixture
def requests(db):
    return [leave_request(f"c{n}", "m", email=f"a{n}@example.com", text=f"Demande-{n:03}.") for n in range(60)]


def shown(client, query=""):
    return re.findall(r"Demande-(\d{3})", client.get(URL + query).content.decode())


def test_every_request_is_on_one_page_the_oldest_first(agent, requests):
    client, seen = agent("read"), []
    for page in (1, 2, 3):
        seen += shown(client, f"?page={page}")
    assert seen == [f"{n:03}" for n in range(60)]
    assert shown(client, "?ordre=recentes")[0] == "059"
    body = client.get(URL).content.decode()
    assert "1 à 25 sur 60" in body
    assert f"Page 1 sur {60 // handovers.SIZE + 1}" in body


@pytest.mark.parametrize("query", ["?page=0", "?page=x", "?page=999", "?etat=x&ordre=x", "?page=9" + "9" * 5000])
def test_a_page_that_does_not_exist_is_the_nearest_one(agent, requests, query):
    assert shown(agent("read"), query)


def test_one_s_own_requests_come_first_and_each_state_has_its_list(agent, requests):
    lea, sam = agent("review", "lea"), agent("review", "sam")
    for client, number in ((lea, 50), (sam, 51)):
        client.post(reverse("console:take", args=[requests[number].pk]))
    assert shown(lea)[0] == "050"
    assert shown(lea, "?etat=les-miennes") == ["050"]
    assert "051" not in shown(lea, "?etat=a-prendre&page=3")
    lea.post(reverse("console:answered", args=[requests[50].pk]), {"vu": 0})
    assert shown(lea, "?etat=repondues") == ["050"]
    lea.post(reverse("console:reopen", args=[requests[50].pk]))
    assert shown(lea, "?etat=les-miennes") == ["050"]


def test_a_message_that_came_meanwhile_is_not_answered_unread(agent, requests):
    lea, one = agent("review", "lea"), requests[0]
    lea.post(reverse("console:take", args=[one.pk]))
    leave_request("later", "m", email=one.email, text="Et encore ceci.")
    lea.post(reverse("console:answered", args=[one.pk]), {"vu": 0})
    assert HandOverRequest.objects.get(pk=one.pk).answered_at is None
    body = lea.get(URL).content.decode()
    assert "entre-temps" in body
    assert "Et encore ceci." in body
    lea.post(reverse("console:answered", args=[one.pk]), {"vu": 1})
    assert HandOverRequest.objects.get(pk=one.pk).answered_at


def test_who_comes_second_is_told(agent, requests):
    lea, sam = agent("review", "lea"), agent("review", "sam")
    for client in (lea, sam):
        client.post(reverse("console:take", args=[requests[0].pk]))
    assert "à vous" in lea.get(URL).content.decode()
    assert "déjà pris" in sam.get(URL).content.decode()
