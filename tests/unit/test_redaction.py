"""A redacted text is replaced everywhere it is stored, including where it is quoted."""

import uuid

import pytest
from auditlog.models import LogEntry
from django.urls import reverse

from bot.redaction import redacted
from chat import conversations, redaction, updates
from chat.masking import CARD
from chat.models import Explanation, HandOverRequest, Message
from console import search
from console.indexing.indexer import index_all
from console.models import Thread, Turn
from console.privacy.erase import erase_message
from shop import clock

SECRET = "PX48207264 camille@example.com"
EXPLANATION = {
    "intent": "inform", "confidence": 1.0, "ranking": [], "actions": [], "replies": [], "form": "",
    "entities": [{"entity": "order_number", "value": "PX48207264"}], "slots": {"email": "camille@example.com"},
}  # fmt: skip


def user(message_id, text, **entities):
    found = [{"entity": name, "value": value} for name, value in entities.items()]
    parsed = {"text": text, "intent": {"name": "inform"}, "entities": found, "response_selector": {"query": text}}
    return {"event": "user", "message_id": message_id, "text": text, "parse_data": parsed}


EVENTS = [
    user("1", "bonjour 4111"),
    user("2", "4111 1111", order_number="4111 1111"),
    {"event": "slot", "name": "order_number", "value": "4111 1111"},
    {"event": "slot", "name": "order_number", "value": "PX41111111"},
    {"event": "bot", "text": "Je ne trouve pas 4111 1111.", "data": {"custom": {"card": {"number": "4111 1111"}}}},
    user("3", "merci"),
]


def test_the_bots_events_lose_the_text_and_what_quotes_it():
    found = redacted(EVENTS, {"2": CARD})
    assert "1111" not in str(found)
    assert [event.get("text") for event in found] == ["bonjour 4111", CARD, None, None, "Je ne trouve pas ….", "merci"]
    assert (found[2]["value"], found[1]["parse_data"]["intent"]) == (None, {"name": "inform"})
    assert redacted(found, {"2": CARD}) == found


def test_without_a_message_to_replace_events_stay():
    assert redacted(EVENTS, {}) == EVENTS
    assert redacted(EVENTS, {"9": CARD}) == EVENTS


@pytest.mark.django_db
def test_an_erased_message_is_nowhere_any_more():
    conversation = conversations.open_conversation("192.0.2.1")
    seq = conversations.post_text(conversation.id, uuid.uuid4(), SECRET).seq
    message = Message.objects.get(conversation=conversation, seq=seq)
    reply = {"text": f"Rien pour {SECRET}.", "buttons": [], "card": {"number": "PX48207264"}}
    conversations.answer(message, {"replies": [reply], "explanation": EXPLANATION})
    HandOverRequest.objects.create(
        conversation=conversation.id.hex, message_id="1", email="x@example.com", text=f"vu : {SECRET}"
    )
    index_all()
    thread = Thread.objects.get()
    assert list(search.matching(Thread.objects.all(), "camille")) == [thread]
    erase_message(thread, message)
    rows = [*Message.objects.values(), *Explanation.objects.values(), *Turn.objects.values()]
    rows += [*Thread.objects.values(), *HandOverRequest.objects.values()]
    assert "48207264" not in str(rows)
    assert "camille" not in str(rows)
    assert not search.matching(Thread.objects.all(), "camille")
    conversation.refresh_from_db()
    found = updates.unread(conversation.id, 0)
    assert found.messages[0].text == redaction.ERASED
    assert found.redacted == {str(seq): redaction.ERASED}
    assert redaction.due() == [conversation]


@pytest.mark.django_db
def test_the_redaction_in_the_bot_is_retried_and_repeated_later(monkeypatch):
    conversation = conversations.open_conversation("192.0.2.1")
    seq = conversations.post_text(conversation.id, uuid.uuid4(), "secret soleil").seq
    redaction.erase_message(Message.objects.get(conversation=conversation, seq=seq))
    redaction.mark_done(redaction.due()[0])
    assert redaction.due() == []
    later = clock.now() + redaction.ERASURE_REPEATS[0]
    monkeypatch.setattr(clock, "now", lambda: later)
    assert redaction.due() == [conversation]


@pytest.mark.django_db
def test_the_first_piece_of_a_card_is_replaced_in_the_bots_store_too():
    conversation = conversations.open_conversation("192.0.2.1")
    for piece in ("4111 1111", "1111 1111", "12/27 123"):
        conversations.post_text(conversation.id, uuid.uuid4(), piece)
    texts = list(Message.objects.order_by("seq").values_list("text", flat=True))
    assert texts == [CARD, CARD, "[date d’expiration masquée] [cryptogramme masqué]"]
    assert redaction.due()[0].redacted == {"1": CARD}


def test_only_a_lead_erases_a_message_and_the_journal_says_who(agent, talk):
    one = talk(f"mon mail et ma commande : {SECRET}")
    address = reverse("console:erase_message", args=[one.pk, 1])
    assert agent("review").post(address).status_code == 403
    lead = agent("manage")
    assert SECRET in Message.objects.get(conversation=one.chat_id, seq=1).text
    assert lead.post(address).status_code == 302
    assert Message.objects.get(conversation=one.chat_id, seq=1).text == redaction.ERASED
    assert LogEntry.objects.filter(additional_data__deed="erased_message", actor=lead.user).count() == 1
    assert lead.post(reverse("console:erase_message", args=[one.pk, 99])).status_code == 404
