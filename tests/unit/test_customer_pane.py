"""The inbox's third pane: the customer's order, topic, photos and earlier conversations."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from chat import rows, takeover, updates
from chat.handover import leave_request
from chat.models import Conversation, HandOverRequest, Sender
from console import customer, inbox
from console.indexing.indexer import index_all
from console.models import Thread
from shop.models import Order
from shop.order_card import card_now
from shop.status import OrderStatus

pytestmark = pytest.mark.django_db
CAMILLE, NINA = "camille.durand@example.com", "nina@example.com"


def pane(client, thread):
    return pane_of(client, thread.chat)


def pane_of(client, conversation):
    """The pane alone, without the transcript beside it."""
    page = client.get(reverse("console:inbox"), {"c": conversation.id.hex}).content.decode().replace("\u00a0", " ")
    return page[page.index('aria-label="Le client"') :]


@pytest.fixture
def parcel(talk_of):
    """An earlier conversation of the same customer, Camille."""
    return talk_of(("où est mon colis ?", "track_delivery/where"), days=9, email=CAMILLE)


@pytest.fixture
def refund(talk_of, parcel):
    return talk_of(("et mon argent ?", "ask_refund/delay"), days=1, email=CAMILLE, address="192.0.2.8")


def test_the_pane_shows_the_customers_earlier_conversations(lea, parcel, refund):
    shown = pane(lea, refund)
    assert reverse("console:thread", args=[parcel.pk]) in shown
    assert "Suivre ma livraison" in shown
    assert "répondue" in shown
    assert reverse("console:thread", args=[refund.pk]) + '"' in shown, "its own page is linked too"


def test_a_later_conversation_is_no_earlier_one(lea, parcel, refund):
    assert customer.earlier(parcel) == []


def test_the_conversations_of_another_customer_are_not_shown(lea, parcel, refund, talk_of):
    """Not even of the same address, about the same topic."""
    stranger = talk_of(("où est mon colis ?", "track_delivery/where"), days=0.5, email=NINA, address="192.0.2.8")
    nobody = talk_of(("où est mon colis ?", "track_delivery/where"), days=0.5, address="192.0.2.8")
    assert [customer.earlier(one) for one in (stranger, nobody)] == [[], []]
    assert "Aucune avec le même e-mail ou numéro" in pane(lea, stranger)


def test_a_conversation_that_both_an_email_and_a_number_link_is_shown_once(talk_of):
    known = {"email": CAMILLE, "order_number": "PX48207264"}
    first, second = (talk_of(("mon colis ?", "track_delivery/where"), days=days, **known) for days in (4, 2))
    assert customer.earlier(second) == [first]


def test_the_pane_of_a_request_shows_them_too(lea, parcel, refund):
    leave_request(refund.sender, "m", email=CAMILLE, text="Rappelez-moi.")
    request = HandOverRequest.objects.get()
    page = lea.get(reverse("console:inbox"), {"d": request.pk}).content.decode()
    assert reverse("console:thread", args=[parcel.pk]) in page[page.index('aria-label="Le client"') :]


def test_the_customers_words_are_not_among_them(lea, talk_of):
    talk_of(("je suis Jean Valjean", "nlu_fallback"), days=2, email=NINA)
    shown = pane(lea, talk_of(("mon colis ?", "track_delivery/where"), days=1, email=NINA))
    assert "Aucun sujet reconnu" in shown
    assert "Valjean" not in shown


def test_the_earlier_conversations_are_one_query(lea, parcel, refund, talk_of, django_assert_num_queries):
    for days in (8, 7, 6, 5, 4, 3):
        talk_of(("mon colis ?", "track_delivery/where"), days=days, email=CAMILLE)
    with django_assert_num_queries(1):
        assert len(customer.earlier(refund)) == customer.EARLIER


def test_an_erased_conversation_is_not_shown(parcel, refund):
    Conversation.objects.get(id=parcel.chat_id).delete()
    index_all()
    assert customer.earlier(Thread.objects.get(pk=refund.pk)) == []


def tag(client, thread, **fields):
    return client.post(reverse("console:tag", args=[thread.pk]), {"suite": "boite", **fields})


def test_tags_are_set_and_removed_in_the_pane(lea, refund):
    inbox = f"{reverse('console:inbox')}?c={refund.sender}"
    assert tag(lea, refund, etiquette="Colis Perdu").url == inbox
    assert 'aria-label="Retirer l’étiquette colis perdu"' in pane(lea, refund)
    assert tag(lea, refund, retirer="colis perdu").url == inbox
    assert "Retirer l’étiquette" not in pane(lea, refund)


def test_undoing_a_tag_of_the_pane_returns_to_the_inbox(lea, refund):
    tag(lea, refund, etiquette="vip")
    [message] = lea.session["notices"]
    undone = lea.post(message["action"], dict(message["fields"]))
    assert undone.url == f"{reverse('console:inbox')}?c={refund.sender}"
    assert "Retirer l’étiquette" not in pane(lea, refund)


def test_the_role_read_sets_no_tag(agent, lea, refund):
    tag(lea, refund, etiquette="vip")
    reader = agent("read", "zoe")
    shown = pane(reader, refund)
    assert "vip" in shown
    assert "Retirer l’étiquette" not in shown
    assert tag(reader, refund, etiquette="autre").status_code == 403


def test_a_tag_without_a_letter_is_refused_in_the_inbox(lea, refund):
    answer = tag(lea, refund, etiquette="  ")
    assert answer.status_code == 400
    assert "Une étiquette a au moins une lettre." in answer.content.decode()
    assert "Boîte de réception" in answer.content.decode()


@pytest.fixture
def shown(waiting_conversation):
    """A conversation whose customer was shown an order, perhaps with other values: shown(order, number="PX…")."""

    def begin(order, **then):
        return waiting_conversation("un conseiller svp", card=card_now(order.number) | then)

    return begin


@pytest.fixture
def order(shop):
    return Order.objects.get(number=shop["pending"]["number"])


def test_the_order_is_shown_as_it_is_now(lea, shown, order):
    conversation = shown(order)
    assert "En attente de validation" in pane_of(lea, conversation)
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.CANCELLED)
    now = pane_of(lea, conversation)
    assert "Annulée" in now
    assert "En attente de validation" not in now
    assert "Relue dans la boutique à" in now


def test_an_order_that_is_no_longer_there_is_shown_as_the_customer_read_it(lea, shown, order):
    conversation = shown(order, number="PX00000000")
    kept = pane_of(lea, conversation)
    assert "En attente de validation" in kept
    assert "Introuvable dans la boutique" in kept
    assert "Relue" not in kept


def test_canned_replies_say_the_order_as_it_is_now(lea, shown, order):
    conversation = shown(order, tracking_url="https://old.example")
    assert customer.order_of(conversation).card["tracking_url"] == ""


@pytest.fixture
def photographed(refund):
    """The conversation, with two photos in its first message and one in the second."""
    ids = [str(uuid.uuid4()) for _ in range(3)]
    conversation = refund.chat
    for sent in (ids[:2], ids[2:]):
        message = rows.append(conversation, Sender.CUSTOMER, "photos")
        message.photos = [{"id": one, "width": 80, "height": 60} for one in sent]
        message.save(force_insert=True)
    conversation.save()
    return conversation, ids


def previews(page, ids):
    return [reverse("console:photo_preview", args=[one]) in page for one in ids]


def test_the_pane_collects_the_photos_of_the_conversation(lea, photographed, monkeypatch):
    """Including photos of messages that are too old for the pane's transcript."""
    conversation, ids = photographed
    monkeypatch.setattr(inbox, "BLOCK", 1)
    shown = pane_of(lea, conversation)
    assert previews(shown, ids) == [True, True, True]
    assert shown.count("data-photo") == 3
    assert "Photo 3 sur 3, agrandir" in shown
    fragment = lea.get(reverse("console:inbox_photos", args=[conversation.id])).content.decode()
    assert previews(fragment, ids) == [True, True, True]


def test_without_a_photo_the_pane_has_none(lea, refund):
    shown = pane(lea, refund)
    assert "data-photo>" not in shown
    assert 'id="photos" hidden' in " ".join(shown.split())


def test_the_photos_are_for_who_may_read(photographed):
    conversation, _ = photographed
    assert Client().get(reverse("console:inbox_photos", args=[conversation.id])).status_code == 302


def back(client, conversation, way):
    """What the customer reads when the bot answers again."""
    posts = {
        "hand_back": {},
        "inbox_bulk": {"faire": "rendre", "c": [conversation.id.hex]},
        "reassign": {"a": "assistant", "raison": "plus personne"},
    }
    arguments = [] if way == "inbox_bulk" else [conversation.id]
    assert client.post(reverse(f"console:{way}", args=arguments), posts[way]).status_code == 302
    return updates.unread(conversation.id, 0).messages[-1].text.replace("\u00a0", " ")


@pytest.mark.parametrize("way", ["hand_back", "inbox_bulk", "reassign"])
def test_the_bot_says_what_it_was_about_however_it_gets_the_customer_back(agent, talk_of, way):
    thread, lead = (
        talk_of(("et mon argent ?", "ask_refund/delay"), ("un conseiller", "contact_support/contact"), days=0),
        agent("manage"),
    )
    takeover.take(thread.chat_id, lead.user)
    assert "Nous parlions de « Mon remboursement »." in back(lead, thread.chat, way)


def test_a_topic_from_before_a_pause_is_not_named(talk_of):
    thread = talk_of(("et mon argent ?", "ask_refund/delay"), days=0)
    assert customer.topic_of(Conversation.objects.get(id=thread.chat_id)) == "Mon remboursement"
    Conversation.objects.filter(id=thread.chat_id).update(hidden=1)
    assert customer.topic_of(Conversation.objects.get(id=thread.chat_id)) == ""
