"""Bulk actions on ticked rows of the inbox, and their undo."""

import pytest
from auditlog.models import LogEntry
from django.urls import reverse

from chat import takeover, updates
from chat.handover import leave_request
from chat.models import Conversation, HandOverRequest
from console.audit import ACTION_KEY

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(waiting_conversation):
    return [waiting_conversation(f"rappelez-moi {n}") for n in range(3)]


@pytest.fixture
def request_left(three):
    leave_request(three[0].id.hex, "m", email="a@example.com", text="Rappelez-moi.")
    return HandOverRequest.objects.get()


def press(client, action, conversations=(), requests=()):
    fields = {"faire": action, "c": [one.id.hex for one in conversations], "d": [one.pk for one in requests]}
    return shown(client, client.post(reverse("console:inbox_bulk"), fields))


def undo(client, page):
    address = page.split('/annuler"')[0].rsplit('"', 1)[1] + "/annuler"
    return shown(client, client.post(address))


def shown(client, answer):
    assert answer.status_code == 302
    return client.get(answer.url).content.decode().replace("\u00a0", " ")


def responders(conversations):
    rows = Conversation.objects.filter(id__in=[one.id for one in conversations]).order_by("opened_at")
    return [(one.responder, one.agent.username if one.agent else "") for one in rows]


def test_several_are_taken_at_once_and_put_back(lea, three):
    page = press(lea, "prendre", three[:2])
    assert "2 prises : elles sont à vous maintenant." in page
    assert responders(three) == [("agent", "lea"), ("agent", "lea"), ("waiting", "")]
    reasons = [one.reason for one in Conversation.objects.all()]
    assert "C’est annulé." in undo(lea, page)
    assert responders(three) == [("waiting", "")] * 3
    assert [one.reason for one in Conversation.objects.all()] == reasons
    last = updates.unread(three[0].id, 0).messages[-1]
    assert last.text.startswith("Votre conversation attend une personne")
    assert [button.title for button in last.offered] == ["Revenir à l’assistant", "Laisser une demande"]


def test_what_a_colleague_took_meanwhile_stays_theirs(lea, marc, three):
    press(marc, "prendre", three[:1])
    page = press(lea, "prendre", three)
    assert "2 prises" in page
    assert "Une n’a pas changé" in page
    assert responders(three) == [("agent", "marc"), ("agent", "lea"), ("agent", "lea")]


def test_a_customer_whom_the_agent_has_answered_is_not_put_back(lea, three):
    page = press(lea, "prendre", three)
    three[1].refresh_from_db()
    takeover.reply(three[1].id, three[1].agent, three[1].id, "Bonjour.", three[1].last_seq)
    assert "sauf pour 1" in undo(lea, page)
    assert responders(three) == [("waiting", ""), ("agent", "lea"), ("waiting", "")]


@pytest.mark.parametrize(("action", "words"), [("terminer", "2 échanges terminés"), ("rendre", "2 rendues.")])
def test_several_are_ended_at_once_and_taken_again(lea, three, action, words):
    press(lea, "prendre", three)
    page = press(lea, action, three[:2])
    assert words in page
    assert [who for who, _ in responders(three)] == ["bot", "bot", "agent"]
    undo(lea, page)
    assert responders(three) == [("agent", "lea")] * 3


def test_requests_are_taken_and_given_back_with_the_conversations(lea, three, request_left):
    page = press(lea, "prendre", three[:1], [request_left])
    request_left.refresh_from_db()
    assert request_left.taken_by.username == "lea"
    undo(lea, page)
    request_left.refresh_from_db()
    assert request_left.taken_by is None
    press(lea, "prendre", requests=[request_left])
    assert "Rendue." in press(lea, "rendre", requests=[request_left])
    press(lea, "prendre", requests=[request_left])
    assert "n’a pas changé" in press(lea, "terminer", requests=[request_left]), "it is answered on its page"


def test_each_one_is_in_the_journal(lea, three, request_left):
    undo(lea, press(lea, "prendre", three[:1], [request_left]))
    actions = [entry.additional_data[ACTION_KEY] for entry in LogEntry.objects.order_by("pk") if entry.additional_data]
    assert [one for one in actions if one in ("took_over", "took", "put_back", "gave_back")] == [
        "took_over", "took", "put_back", "gave_back",
    ]  # fmt: skip


def test_nothing_ticked_or_nothing_known_changes_nothing(lea, three):
    strange = [{}, {"faire": "prendre"}, {"faire": "x", "c": three[0].id.hex}, {"faire": "prendre", "c": "x", "d": "²"}]
    for fields in strange:
        answer = lea.post(reverse("console:inbox_bulk"), fields)
        assert "Cochez d’abord" in lea.get(answer.url).content.decode()
    assert "n’a pas changé" in press(lea, "terminer", three[:1])


def test_only_the_role_review_gets_checkboxes_and_users_undo_only_their_own_changes(lea, marc, agent, three):
    reader = agent("read")
    assert reader.post(reverse("console:inbox_bulk"), {"faire": "prendre", "c": three[0].id.hex}).status_code == 403
    assert 'form="inbox-bulk"' not in reader.get(reverse("console:inbox")).content.decode()
    assert lea.get(reverse("console:inbox")).content.decode().count('form="inbox-bulk"') == 3
    address = press(lea, "prendre", three).split('/annuler"')[0].rsplit('"', 1)[1] + "/annuler"
    assert "ne peut plus être annulé" in shown(marc, marc.post(address))
    number = int(address.split("/")[-2])
    assert lea.post(reverse("console:undo_thread_bulk", args=[number])).status_code == 302
    assert responders(three) == [("agent", "lea")] * 3


@pytest.mark.parametrize(("name", "again"), [("hand_back", "L’assistant répond"), ("close", "Échange terminé")])
def test_one_that_is_ended_can_be_taken_again_from_the_notice(lea, three, name, again):
    lea.post(reverse("console:take_over", args=[three[0].id]))
    page = shown(lea, lea.post(reverse(f"console:{name}", args=[three[0].id])))
    assert again in page
    assert f'action="{reverse("console:take_over", args=[three[0].id])}"' in page


def test_one_that_was_taken_is_put_back_until_something_is_written(lea, marc, three):
    one = three[0]
    page = shown(lea, lea.post(reverse("console:take_over", args=[one.id])))
    address = reverse("console:put_back", args=[one.id])
    assert f'action="{address}"' in page
    assert marc.post(address).status_code == 409
    assert "C’est annulé" in shown(lea, lea.post(address))
    assert responders(three)[0] == ("waiting", "")
    page = shown(lea, lea.post(reverse("console:take_over", args=[one.id])))
    one.refresh_from_db()
    takeover.reply(one.id, one.agent, one.id, "Bonjour.", one.last_seq)
    assert address not in lea.get(reverse("console:inbox"), {"c": one.id.hex}).content.decode()
    assert "déjà écrit" in lea.post(address).content.decode()


def test_one_that_was_taken_from_the_assistant_goes_back_to_it(lea, three):
    lea.post(reverse("console:take_over", args=[three[0].id]))
    lea.post(reverse("console:hand_back", args=[three[0].id]))
    lea.post(reverse("console:take_over", args=[three[0].id]))
    lea.post(reverse("console:put_back", args=[three[0].id]))
    assert responders(three)[0][0] == "bot"
    assert updates.unread(three[0].id, 0).messages[-1].text.startswith("Ici de nouveau l’assistant")
