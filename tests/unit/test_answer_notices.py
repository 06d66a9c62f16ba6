"""A notice before an answer applies at once, is checked like a reply, and expires; an error in it loses no answer."""

import uuid
from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.db import DatabaseError
from django.urls import reverse

from chat import answer_notices as read
from chat import conversations, leases
from chat.models import AnswerNotice, Sender
from console import answer_notices
from console.audit import ACTION_KEY
from console.indexing.indexer import index_all
from shop import clock
from shop.contacts import SUPPORT_EMAIL

LATE = "Colissimo a du retard depuis ce matin\u00a0: votre colis peut arriver plus tard que prévu."
TRACK = "track_delivery/how"


@pytest.fixture
def notice(db):
    def write(question=TRACK, text=LATE, hours=4):
        return AnswerNotice.objects.create(question=question, text=text, ends_at=clock.now() + timedelta(hours=hours))

    return write


@pytest.fixture
def customer(db):
    """customer(question) asks it and returns the bot's replies. All calls are in one conversation."""
    opened = conversations.open_conversation("192.0.2.1")

    def ask(question=TRACK, action="action_facts", reply="utter_track_delivery/how"):
        conversations.post_text(opened.id, uuid.uuid4(), "où le suivre ?", "worker")
        message = leases.next_pending(opened.id)
        explanation = {
            "intent": question.partition("/")[0], "confidence": 0.9, "ranking": [], "slots": {}, "form": "",
            "actions": [{"name": action, "policy": ""}], "replies": [{"name": reply, "text": "Voici."}],
            "entities": [{"entity": "question", "value": question}],
        }  # fmt: skip
        replies = [{"text": "Voici.", "buttons": [], "card": None}]
        conversations.answer(message, {"replies": replies, "explanation": explanation})
        said = opened.messages.filter(sender=Sender.BOT, seq__gt=message.seq)
        return list(said.values_list("text", flat=True))

    return ask


@pytest.mark.parametrize("question", [TRACK, "track_delivery"])
def test_a_notice_precedes_answers_from_now_on_and_once_per_conversation(notice, customer, question):
    assert customer() == ["Voici."]
    notice(question)
    assert customer() == [LATE, "Voici."]
    assert customer() == ["Voici."]


def test_another_question_and_one_that_is_not_answered_yet_go_without(notice, customer):
    notice()
    assert customer("ask_refund/delay", reply="utter_ask_refund/delay") == ["Voici."]
    assert customer(action="action_ask_back", reply="utter_ask_back") == ["Voici."]
    assert customer() == [LATE, "Voici."]


def test_a_notice_expires_and_the_journal_records_it_once(notice, customer):
    one = notice(hours=-0.001)
    assert customer() == ["Voici."]
    index_all()
    index_all()
    one.refresh_from_db()
    assert one.ended_at
    entries = [entry.additional_data[ACTION_KEY] for entry in LogEntry.objects.filter(additional_data__question=TRACK)]
    assert entries == ["notice_over"]


def test_a_fault_of_the_notices_does_not_break_the_answer(notice, customer, monkeypatch):
    def broken():
        raise DatabaseError

    notice()
    monkeypatch.setattr(read, "current", broken)
    assert customer() == ["Voici."]


@pytest.mark.parametrize(
    ("question", "text", "fault"),
    [
        (TRACK, LATE, ""),
        (TRACK, "Le transporteur a trois jours de retard en Corse.", ""),
        ("ask_refund/delay", "Les remboursements partent sous 45 jours en ce moment.", "30 jours"),
        ("ask_refund/delay", "Comptez soixante jours pour être remboursé.", "30 jours"),
        ("ask_refund/delay", "Vous êtes remboursé en 30 jours au plus.", ""),
        (TRACK, "Votre remboursement prendra 10 jours.", "30 jours"),
        (TRACK, "Nos conseillers répondent jusqu’à 20 h ce soir.", "heures"),
        (TRACK, "Ton colis a du retard.", "vous"),
        (TRACK, "Voyez https://example.com pour suivre.", "sans lien"),
        (TRACK, "Écrivez à chef@example.com ce soir.", "pas un contact"),
        (TRACK, "Appelez le 06 12 34 56 78 ce soir.", "pas un contact"),
        (TRACK, f"Écrivez à {SUPPORT_EMAIL}.", ""),
        (TRACK, 'Le site dit "en retard".', "guillemets"),
        (TRACK, "Le suivi est en panne...", "suspension"),
        (TRACK, "mot " * 41, "Quarante mots"),
        (TRACK, "!!!", "phrase"),
    ],
)
def test_a_notice_is_checked_like_an_answer(question, text, fault):
    found = answer_notices.faults(question, answer_notices.clean(text))
    assert fault in " ".join(found) if fault else found == []


def fields(**given):
    until = f"{clock.now() + timedelta(hours=3):%Y-%m-%dT%H:%M}"
    return {"question": TRACK, "texte": "L'outil de suivi est en panne : patientez.", "fin": until} | given


def test_a_lead_writes_and_ends_a_notice_and_the_journal_records_both(agent, customer):
    lead = agent("manage", "lea")
    write, page = reverse("console:write_notice"), reverse("console:answer_notices")
    assert agent("review", "sam").post(write, fields()).status_code == 403
    assert lead.post(write, fields()).status_code == 302
    one = AnswerNotice.objects.get()
    assert one.text == "L’outil de suivi est en panne\u00a0: patientez.", "with the typography of the replies"
    assert one.text in lead.get(page).content.decode()
    assert customer() == [one.text, "Voici."]
    again = lead.post(write, fields())
    assert again.status_code == 409
    assert "déjà un avis" in again.content.decode()
    for _ in range(2):
        lead.post(reverse("console:end_notice", args=[one.pk]))
    entries = LogEntry.objects.filter(additional_data__question=TRACK).order_by("pk")
    assert [one.additional_data[ACTION_KEY] for one in entries] == ["noticed", "ended_notice"]
    assert "a mis un avis devant la réponse «" in lead.get(reverse("console:audit")).content.decode()
    assert lead.post(write, fields()).status_code == 302, "the question is free again"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"texte": "Ton colis"}, "vous"),
        ({"fin": "2020-01-01T10:00"}, "après maintenant"),
        ({"fin": "2099-01-01T10:00"}, "dans le mois"),
        ({"question": "greet"}, "greet"),
    ],
)
def test_an_invalid_notice_is_refused_and_the_typed_text_stays(agent, given, said):
    answer = agent("manage").post(reverse("console:write_notice"), fields(**given))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert said in page
    assert fields(**given)["texte"].replace("'", "&#x27;") in page
    assert not AnswerNotice.objects.exists()
