"""Canned replies: ownership, placeholders, and no message with an unfilled placeholder is sent."""

import uuid

import pytest
from django.urls import reverse

from chat import conversations, leases, takeover, updates
from console import canned
from console.indexing.indexer import index_all
from console.models import CannedReply
from shop.models import Customer

pytestmark = pytest.mark.django_db
# A card of an order that the shop does not have: an existing order's card would be replaced by its current one.
CARD = {
    "kind": "order", "number": "PX99999999", "tracking_url": "https://suivi.example.com/1",
    "withdrawal": {"last_day": "2026-12-01"},
}  # fmt: skip


@pytest.fixture
def conversation():
    owner = Customer.objects.order_by("pk").first()
    opened = conversations.open_conversation("192.0.2.1")
    conversations.post_text(opened.id, uuid.uuid4(), "où est mon colis ?", "worker")
    explanation = {
        "intent": "where_is_parcel", "confidence": 0.9, "ranking": [], "entities": [], "replies": [], "actions": [],
        "form": "", "slots": {"email": owner.email},
    }  # fmt: skip
    answer = {"replies": [{"text": "Voici.", "buttons": [], "card": CARD}], "explanation": explanation}
    conversations.answer(leases.next_pending(opened.id), answer)
    index_all()
    opened.owner = owner
    return opened


def send(client, conversation, text):
    conversation.refresh_from_db()
    fields = {"texte": text, "envoi": uuid.uuid4(), "vu": conversation.last_seq}
    return client.post(reverse("console:reply", args=[conversation.id]), fields)


def last_text(conversation):
    return updates.unread(conversation.id, 0).messages[-1].text


def test_placeholders_are_replaced_by_what_the_conversation_says(lea, conversation):
    send(lea, conversation, "{prénom}, {commande} : {lien de suivi}, jusqu’au {date limite}. {conseiller}, {inconnu}")
    first = conversation.owner.first_name
    assert last_text(conversation) == (
        f"{first}, PX99999999 : https://suivi.example.com/1, jusqu’au 1er\u00a0décembre 2026. lea, {{inconnu}}"
    )


def test_a_message_with_a_placeholder_left_is_not_sent_and_kept(lea):
    opened = conversations.open_conversation("192.0.2.2")
    answer = send(lea, opened, "Votre commande {commande} est en route.")
    assert answer.status_code == 400
    body = answer.content.decode().replace("\u00a0", " ")
    assert "remplacez d’abord {commande}" in body
    assert "est en route.</textarea>" in body
    assert updates.unread(opened.id, 0).messages == []


def test_only_the_answering_agent_sees_the_values(lea, agent, conversation):
    CannedReply.objects.create(title="Nom", text="Bonjour {prénom} !", shared=True)
    address = f"{reverse('console:inbox')}?c={conversation.id.hex}"
    filled = f"Bonjour {conversation.owner.first_name} !"
    assert filled not in lea.get(address).content.decode()
    takeover.take(conversation.id, lea.user)
    assert filled in lea.get(address).content.decode()
    assert filled not in agent("manage").get(address).content.decode()


def keep(client, **fields):
    return client.post(reverse("console:keep_canned"), fields)


def test_a_text_is_one_s_own_or_shared_and_changed_by_its_owner_or_a_lead(lea, agent):
    marc, lead, reader = agent("review", "marc"), agent("manage"), agent("read")
    assert keep(reader, titre="x", texte="y").status_code == 403
    keep(lea, titre="À moi", texte="Un texte.")
    keep(lea, titre="À tous", texte="Un autre.", partagee="on")
    own, shared = (CannedReply.objects.get(title=title) for title in ("À moi", "À tous"))
    seen = marc.get(reverse("console:canned")).content.decode()
    assert "Un autre." in seen
    assert "Un texte." not in seen
    for one, client, status in ((own, marc, 404), (own, lead, 404), (shared, marc, 404), (shared, lead, 302)):
        assert keep(client, pk=one.pk, titre="Changé", texte="Changé.").status_code == status
    assert lea.post(reverse("console:drop_canned", args=[own.pk])).status_code == 302
    assert not CannedReply.objects.filter(pk=own.pk).exists()
    assert "Annuler" in lea.get(reverse("console:canned")).content.decode()
    assert keep(lea, titre="", texte="").status_code == 400


def test_the_shipped_texts_have_known_placeholders_only():
    shipped = CannedReply.objects.filter(owner=None)
    assert shipped.count() >= 8
    values = dict.fromkeys(canned.PLACEHOLDERS, "…")
    for one in shipped:
        assert "{" not in canned.fill(one.text, values), one.title
