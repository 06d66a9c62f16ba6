"""A flag is raised on a conversation or a message, found, and settled once; each action can be undone."""

import pytest
from django.urls import reverse

from console.models import Flag, Turn


@pytest.fixture
def flagged(lea, sam, talk):
    """Two conversations: lea flags a message of the first for sam, and the second for anybody."""
    for_sam, for_all = talk("où est mon colis ?"), talk("et ma facture ?")
    turn = Turn.objects.create(thread=for_sam, seq=1, at=for_sam.started_at, text="où est mon colis ?")
    raise_flag(lea, for_sam, "le délai est faux", tour=turn.pk, a=sam.user.pk)
    raise_flag(lea, for_all, "à rappeler")
    return for_sam, for_all


def raise_flag(client, thread, why, **fields):
    return client.post(reverse("console:raise_flag", args=[thread.pk]), {"texte": why, **fields})


def press(client, name, flag):
    return client.post(reverse(f"console:{name}", args=[flag.pk]))


def listed(client, value):
    page = client.get(reverse("console:threads"), {"signalement": value})
    return {one.pk for one in page.context["page"].threads}


def test_a_flag_is_found_by_whoever_it_is_for(lea, sam, flagged):
    for_sam, for_all = flagged
    assert listed(sam, "moi") == {for_sam.pk}
    assert listed(lea, "moi") == set()
    assert listed(lea, "ouvert") == {for_sam.pk, for_all.pk}
    page = sam.get(reverse("console:threads"))
    assert page.context["flag_counts"] == {"open": 2, "mine": 1}
    assert "le délai est faux" in page.content.decode()
    assert "Pour sam." in sam.get(reverse("console:thread", args=[for_sam.pk])).content.decode()


def test_a_flag_is_settled_once_and_both_users_see_by_whom(lea, sam, flagged):
    flag = Flag.objects.get(text="à rappeler")
    press(sam, "settle_flag", flag)
    press(lea, "settle_flag", flag)
    assert "déjà réglé, par sam" in lea.get(reverse("console:threads")).context["found"][-1]["text"]
    flag.refresh_from_db()
    assert flag.settled_by == sam.user
    assert listed(lea, "ouvert") == {flagged[0].pk}
    assert listed(lea, "regle") == {flagged[1].pk}


def test_every_press_can_be_taken_back(lea, sam, flagged):
    def take_back(client):
        notice = client.get(reverse("console:threads")).context["found"][-1]
        client.post(notice["action"])

    flag = Flag.objects.get(text="à rappeler")
    press(sam, "settle_flag", flag)
    take_back(sam)
    flag.refresh_from_db()
    assert flag.settled_at is None
    raise_flag(sam, flagged[1], "pour rien")
    take_back(sam)
    assert not Flag.objects.filter(text="pour rien").exists()
    assert press(sam, "drop_flag", flag).status_code == 404, "lea's flag is lea's"


def test_the_role_read_sees_flags_and_raises_none(agent, flagged):
    reader = agent("read", "claire")
    assert raise_flag(reader, flagged[0], "x").status_code == 403
    assert press(reader, "settle_flag", Flag.objects.first()).status_code == 403
    body = reader.get(reverse("console:thread", args=[flagged[0].pk])).content.decode()
    assert "le délai est faux" in body
    assert reverse("console:settle_flag", args=[Flag.objects.first().pk]) not in body
