"""The inbox's pages: who may answer, what they see, and that a refused message keeps its text."""

import uuid

import pytest
from auditlog.models import LogEntry
from django.test import Client
from django.urls import reverse

from chat import conversations, takeover, updates
from chat.handover import leave_request
from chat.models import AgentPresence, Conversation, Message
from console import bot_data, inbox
from shop import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(waiting_conversation):
    return waiting_conversation("rappelez-moi, camille.durand@example.com")


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


def test_only_the_role_review_answers_customers(conversation, agent):
    client = agent("read")
    assert "composer" not in page(client, conversation), "it may be read, masked"
    assert send(client, conversation).status_code == 403
    assert act(client, "take_over", conversation).status_code == 403
    assert client.post(reverse("console:be_present"), {"disponible": "1"}).status_code == 403
    assert Client().get(reverse("console:inbox")).status_code == 302


def test_data_is_masked_until_the_agent_answers_and_that_is_recorded(lea, marc, conversation):
    assert "camille.durand@" not in page(lea, conversation)
    assert "camille.durand@" not in page(lea)
    act(lea, "take_over", conversation)
    assert "camille.durand@example.com" in page(lea, conversation)
    assert LogEntry.objects.filter(additional_data__deed="took_over", actor=lea.user).count() == 1
    assert "camille.durand@" not in page(marc, conversation)


def test_a_conversation_passes_through_the_tabs(lea, conversation):
    found = f"c={conversation.id.hex}"

    def tabs():
        return [tab for tab in ("a-prendre", "miennes", "client", "terminees") if found in page(lea, onglet=tab)]

    assert tabs() == ["a-prendre"]
    act(lea, "take_over", conversation)
    assert tabs() == ["miennes"]
    send(lea, conversation)
    assert tabs() == ["client"]
    act(lea, "close", conversation)
    assert tabs() == ["terminees"]


def test_the_second_agent_reads_who_has_it_and_keeps_their_text(lea, marc, conversation):
    act(lea, "take_over", conversation)
    taken = act(marc, "take_over", conversation)
    assert taken.status_code == 409
    assert "lea a déjà pris" in taken.content.decode()
    refused = send(marc, conversation, "Ma longue réponse")
    assert refused.status_code == 409
    assert "lea répond maintenant" in refused.content.decode()
    assert last_text(conversation) != "Ma longue réponse"


@pytest.mark.parametrize(
    ("text", "seen", "status"), [("Réponse", 0, 409), ("   ", None, 400), ("x" * 3000, None, 400), ("a", "un", 400)]
)
def test_a_refused_message_is_not_sent(lea, conversation, text, seen, status):
    answer = send(lea, conversation, text, seen)
    assert answer.status_code == status
    assert last_text(conversation) == "Je préviens l’équipe."
    if status == 409:
        assert "Réponse</textarea>" in answer.content.decode()


def test_a_card_number_is_masked_for_the_agent_too(lea, conversation):
    conversations.post_text(conversation.id, uuid.uuid4(), "ma carte 4111 1111 1111 1111", "worker")
    act(lea, "take_over", conversation)
    assert "4111 1111" not in page(lea, conversation)


def test_a_message_of_an_ended_conversation_says_so(lea, conversation):
    conversations.erase(conversation.id)
    answer = send(lea, conversation)
    assert answer.status_code == 409
    assert "n’est plus possible" in answer.content.decode()


def test_presence_is_what_the_open_inbox_says(lea):
    for chosen, expected in (("1", True), ("0", False)):
        assert lea.post(reverse("console:be_present"), {"disponible": chosen}).status_code == 204
        assert AgentPresence.objects.get(user=lea.user).available is expected


def test_a_colleagues_conversation_cannot_be_ended(lea, marc, conversation):
    takeover.take(conversation.id, lea.user)
    assert [act(marc, name, conversation).status_code for name in ("hand_back", "close")] == [409, 409]


def test_a_conversation_is_passed_on_from_page_to_page(lea, marc, conversation):
    for client in (lea, marc):
        client.post(reverse("console:be_present"), {"disponible": "1"})
    act(lea, "take_over", conversation)
    assert "marc" in page(lea, conversation)
    lea.post(reverse("console:offer", args=[conversation.id]), {"a": marc.user.pk})
    assert "lea vous la passe" in page(marc, onglet="a-prendre").replace("\u00a0", " ")
    assert "camille.durand@" not in page(marc, conversation), "not before it is accepted"
    act(marc, "decline_offer", conversation)
    assert "marc ne peut pas la prendre" in page(lea, conversation)
    lea.post(reverse("console:offer", args=[conversation.id]), {"a": marc.user.pk})
    act(marc, "accept_offer", conversation)
    assert "camille.durand@example.com" in page(marc, conversation)
    assert LogEntry.objects.filter(additional_data__deed="accepted", actor=marc.user).count() == 1
    assert send(lea, conversation).status_code == 409


@pytest.mark.parametrize(("minutes", "words"), [(2, "en 2 minutes,"), (1, "en 1 minute,")])
def test_the_page_names_the_time_in_which_an_offer_ends(lea, marc, conversation, settings, minutes, words):
    settings.TEAM_OFFER_MINUTES = minutes
    marc.post(reverse("console:be_present"), {"disponible": "1"})
    act(lea, "take_over", conversation)
    assert f"Sans réponse {words}" in page(lea, conversation).replace("\u00a0", " ")


def test_an_offer_to_nobody_who_may_answer_is_refused(lea, marc, agent, conversation):
    act(lea, "take_over", conversation)
    reader = agent("read", "zoe")
    for to, status in ((reader.user.pk, 400), (0, 400), ("x", 400), (marc.user.pk, 409)):
        assert lea.post(reverse("console:offer", args=[conversation.id]), {"a": to}).status_code == status
    assert act(marc, "accept_offer", conversation).status_code == 409


def test_a_lead_reassigns_with_a_reason_that_stays_in_the_journal(lea, marc, agent, conversation):
    marc.post(reverse("console:be_present"), {"disponible": "1"})
    act(lea, "take_over", conversation)
    lead, address = agent("manage", "chef"), reverse("console:reassign", args=[conversation.id])
    assert marc.post(address, {"a": marc.user.pk, "raison": "je la veux"}).status_code == 403
    assert lead.post(address, {"a": marc.user.pk, "raison": ""}).status_code == 400
    assert lead.post(address, {"a": marc.user.pk, "raison": "lea est en réunion"}).status_code == 302
    assert "Vous répondez" in page(marc, conversation)
    entry = LogEntry.objects.get(additional_data__deed="reassigned")
    assert (entry.additional_data["reason"], entry.additional_data["to"]) == ("lea est en réunion", "marc")
    lead.post(address, {"a": "", "raison": "plus personne"})
    assert f"c={conversation.id.hex}" in page(marc, onglet="a-prendre")


def test_the_number_of_queries_does_not_grow_with_the_list(
    lea, waiting_conversation, django_assert_max_num_queries, monkeypatch
):
    monkeypatch.setattr("chat.limits.check_opening", lambda fingerprint: None)
    for number in range(12):
        waiting_conversation("un conseiller svp", address=f"192.0.2.{number}")
    with django_assert_max_num_queries(30):
        assert page(lea, onglet="a-prendre").count("data-row") == 12


@pytest.fixture
def answered_then_waiting(talk_of):
    """answered_then_waiting((text, question), …): a conversation with these answers that now waits for a person."""

    def begin(*said, **slots):
        thread = talk_of(*said, days=0, **slots)
        Conversation.objects.filter(id=thread.chat_id).update(responder="waiting", responder_since=clock.now())
        return thread

    return begin


def summary(user):
    [item] = inbox.items("a-prendre", user)
    return item.summary.replace("\u00a0", " ")


@pytest.mark.slow
def test_a_row_says_what_the_bot_answered_last(lea, answered_then_waiting):
    answered_then_waiting(("où est mon colis ?", "where_is_parcel/where"), ("remboursé quand ?", "ask_refund/delay"))
    title = bot_data.questions()["ask_refund/delay"]
    assert summary(lea.user) == f"Où est mon colis ?, Mon remboursement · réponse : « {title} »"


def test_what_was_no_answer_to_a_question_is_left_out(lea, answered_then_waiting):
    """Greetings, messages that were not understood, and requests for a person do not count as answers."""
    others = [("bonjour", "greet"), ("gloubi", "nlu_fallback"), ("une personne", "contact_support/contact")]
    answered_then_waiting(("remboursé quand ?", "ask_refund/delay"), *others)
    assert summary(lea.user).endswith(f"« {bot_data.questions()['ask_refund/delay']} »")


def test_an_answer_that_the_customer_never_read_is_not_the_last(lea, answered_then_waiting):
    thread = answered_then_waiting(
        ("où est mon colis ?", "where_is_parcel/where"), ("remboursé quand ?", "ask_refund/delay")
    )
    Message.objects.filter(conversation=thread.chat_id, text="remboursé quand ?").update(for_team=True)
    assert summary(lea.user).endswith(f"« {bot_data.questions()['where_is_parcel/where']} »")


def test_a_title_that_the_team_wrote_is_masked(lea, answered_then_waiting, monkeypatch):
    monkeypatch.setitem(bot_data.questions(), "ask_refund/delay", "Écrire à camille.durand@example.com")
    answered_then_waiting(("remboursé quand ?", "ask_refund/delay"))
    assert "camille.durand@" not in summary(lea.user)


def test_a_row_says_who_else_looks_at_it(lea, marc, agent, conversation):
    page(marc, conversation)
    assert "marc regarde</span>" in page(lea)
    page(agent("manage", "chef"), conversation)
    assert "chef (responsable), marc regardent</span>" in page(lea)
    assert "chef (responsable) regarde</span>" in page(marc), "and not oneself"


def test_the_answering_agent_is_not_listed_as_a_viewer(lea, marc, conversation):
    act(lea, "take_over", conversation)
    page(lea, conversation)
    assert "regarde" not in page(marc, onglet="collegues")


def test_the_most_urgent_reason_is_first_then_the_longest_wait(lea, waiting_conversation):
    waited = ["asked", "money", "misunderstood", "damaged", "distress", "danger", "damaged"]
    for number, reason in enumerate(waited):
        one = waiting_conversation(f"client {number}", address=f"192.0.2.{number}")
        Conversation.objects.filter(id=one.id).update(reason=reason)
    found = [one.reason for one in inbox.conversations("a-prendre", lea.user)]
    assert found == ["danger", "distress", "damaged", "damaged", "money", "asked", "misunderstood"]
    shown = page(lea)
    assert "colis abîmé</span>" in shown
    assert "argent</span>" in shown


def test_reading_a_conversation_here_is_written_down(lea, conversation):
    page(lea)
    assert not LogEntry.objects.filter(additional_data__deed="read").exists()
    page(lea, conversation)
    assert LogEntry.objects.filter(additional_data__deed="read", actor=lea.user).count() == 1


@pytest.mark.parametrize(("role", "manages"), [("review", False), ("manage", True)])
def test_the_menu_counts_who_waits_and_offers_what_the_role_opens(agent, role, manages):
    client = agent(role)
    read = client.get(reverse("console:help")).content.decode()
    assert ("<span>Gestion</span>" in read, reverse("console:audit") in read) == (manages, manages)
    assert "data-to-take hidden" in read
    leave_request("somebody", "m", email="a@example.com", text="Rappelez-moi.")
    assert "data-to-take><span>1</span>" in client.get(reverse("console:help")).content.decode()


def test_a_request_names_its_topic_in_french(lea):
    leave_request("somebody", "m", email="a@example.com", text="Il fuit.", topic="faulty_product")
    shown = page(lea, onglet="a-prendre")
    assert "Mon produit est en panne" in shown
    assert "faulty_product" not in shown
