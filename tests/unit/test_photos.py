"""The photos of a conversation: stored, sent with a message, answered without the bot, limited, and erased."""

import asyncio
import uuid
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from chat import conversations, handover, leases, limits, photos, pictures, redaction, takeover, updates
from chat.answer_worker import AnswerWorker
from chat.models import Conversation, Message, Photo
from chat.updates import ConversationClosed
from console.privacy.erase import erase_message
from console.privacy.retention import purge
from shop import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation():
    return conversations.open_conversation("192.0.2.1")


@pytest.fixture(scope="module")
def picture():
    written = BytesIO()
    Image.new("RGB", (80, 60), "green").save(written, "JPEG")
    return pictures.redraw(written.getvalue())


@pytest.fixture
def keep(picture):
    """keep(conversation): store a photo, and return its id."""

    def kept(conversation):
        photo = photos.reserve(conversation.id)
        photos.store(conversation.id, photo, picture)
        return photo

    return kept


def send(conversation, *ids, client_id=None):
    return conversations.post_photos(conversation.id, client_id or uuid.uuid4(), ids)


def answer(conversation):
    """The chat's own answer to the next pending message; None if the bot must answer it."""
    message = leases.next_pending(conversation.id)
    if not photos.concerns(message):
        return None
    conversations.answer(message, photos.answer(message))
    return updates.unread(conversation.id, message.seq).messages[-1]


def test_photos_go_with_a_message_in_their_order(conversation, keep):
    first, second = keep(conversation), keep(conversation)
    send(conversation, second, first)
    [message] = updates.unread(conversation.id, 0).messages
    assert message.text == "2\u00a0photos"
    assert message.photos == [{"id": str(one), "width": 80, "height": 60} for one in (second, first)]
    assert Image.open(BytesIO(photos.shown(conversation.id, first).data)).size == (80, 60)


def test_a_message_that_is_sent_twice_sends_its_photos_once(conversation, keep):
    client_id, photo = uuid.uuid4(), keep(conversation)
    assert send(conversation, photo, client_id=client_id).seq == send(conversation, photo, client_id=client_id).seq == 1
    with pytest.raises(photos.UnknownPhoto):
        send(conversation, photo)
    assert Message.objects.filter(conversation=conversation).count() == 1


def test_another_conversation_can_neither_send_nor_see_it(conversation, keep):
    photo, stranger = keep(conversation), conversations.open_conversation("192.0.2.2")
    with pytest.raises(photos.UnknownPhoto):
        send(stranger, photo)
    send(conversation, photo)
    assert photos.shown(stranger.id, photo) is None
    assert not Message.objects.filter(conversation=stranger).exists()


def test_unsent_and_refused_photos_are_never_shown(conversation, keep):
    unsent, refused = keep(conversation), photos.reserve(conversation.id)
    assert photos.shown(conversation.id, unsent) is photos.sent(unsent) is None
    with pytest.raises(photos.UnknownPhoto):
        send(conversation, refused)


def test_the_bot_gets_no_photo_and_the_chat_says_where_it_is(conversation, keep):
    send(conversation, keep(conversation))
    reply = answer(conversation)
    assert reply.text.startswith("Votre photo est jointe à notre conversation\u00a0: l’équipe la verra")
    assert [button.title for button in reply.buttons.all()] == ["Laisser une demande"]
    assert not updates.unread(conversation.id, 0).typing


def test_after_a_request_the_photos_are_with_it(conversation, keep):
    handover.leave_request(conversation.id.hex, "1", email="a@example.com", text="Mon colis est abîmé.")
    send(conversation, keep(conversation), keep(conversation))
    assert answer(conversation).text.startswith("Vos photos sont jointes à votre demande\u00a0: l’équipe les verra.")


@pytest.mark.django_db(transaction=True)
def test_the_worker_answers_photos_without_the_bot(conversation, keep):
    """Otherwise, the worker would retry for as long as the bot is unavailable."""
    send(conversation, keep(conversation))
    asyncio.run(AnswerWorker(None).answer(leases.next_pending(conversation.id)))
    assert updates.unread(conversation.id, 0).answered == 1


def test_photos_wait_for_the_answer_to_the_question_before(conversation, keep):
    conversations.post_text(conversation.id, uuid.uuid4(), "mon colis est abîmé")
    send(conversation, keep(conversation))
    assert answer(conversation) is None
    reply = {"text": "Voici.", "buttons": [], "card": None, "photos": True}
    conversations.answer(leases.next_pending(conversation.id), {"replies": [reply], "explanation": None})
    assert answer(conversation).text.startswith("Votre photo est jointe")


def test_the_reply_that_asks_for_photos_has_their_button_and_an_old_widget_gets_a_notice(conversation):
    conversations.post_text(conversation.id, uuid.uuid4(), "mon colis est abîmé")
    other = {"title": "Contacter le vendeur", "payload": "/contact_seller"}
    reply = {"text": "Voici.", "buttons": [other], "card": None, "photos": True}
    conversations.answer(leases.next_pending(conversation.id), {"replies": [reply], "explanation": None})
    offered = updates.unread(conversation.id, 1).messages[0].offered
    assert [button.title for button in offered] == ["Joindre des photos", "Contacter le vendeur"]
    conversations.post_button(conversation.id, uuid.uuid4(), offered[0].id)
    assert answer(conversation).text.startswith("Rechargez cette page")


def test_a_person_gets_the_photos_and_nothing_is_answered_for_them(conversation, keep, lea):
    takeover.take(conversation.id, lea.user)
    seq = send(conversation, keep(conversation)).seq
    found = updates.unread(conversation.id, 0)
    assert (found.messages[-1].seq, found.answered, found.typing) == (seq, seq, False)
    assert found.messages[-1].for_team


def test_photos_from_before_a_pause_are_hidden_like_texts(conversation, keep):
    photo = keep(conversation)
    send(conversation, photo)
    answer(conversation)
    Conversation.objects.update(last_at=clock.now() - timedelta(hours=1))
    assert photos.shown(conversation.id, photo) is None
    assert photos.sent(photo) is not None


def test_a_conversation_and_an_address_send_a_limited_number(conversation, keep, settings):
    settings.CHAT_LIMIT_PHOTOS, settings.CHAT_LIMIT_PHOTOS_ADDRESS = "2/3600", "3/3600"
    keep(conversation)
    photos.reserve(conversation.id)  # refused ones count
    with pytest.raises(limits.TooMany):
        photos.reserve(conversation.id)
    conversations.erase(conversation.id)
    second = conversations.open_conversation("192.0.2.1")
    keep(second)
    with pytest.raises(limits.TooMany):
        photos.reserve(second.id)
    keep(conversations.open_conversation("192.0.2.9"))


def pictures_left():
    return Photo.objects.exclude(data=b"", small=b"").count()


def test_erasing_a_conversation_erases_its_photos_sent_or_not(conversation, keep):
    photo = keep(conversation)
    send(conversation, photo)
    keep(conversation)
    late = photos.reserve(conversation.id)
    conversations.erase(conversation.id)
    assert pictures_left() == 0
    assert (photos.sent(photo), Message.objects.get(conversation=conversation).photos) == (None, None)
    with pytest.raises(ConversationClosed):
        photos.store(conversation.id, late, pictures.Picture(b"late", b"late", 1, 1))
    assert pictures_left() == 0


def test_erasing_a_message_erases_its_photos_and_no_others(conversation, keep, talk):
    thread = talk("mon colis est abîmé")
    gone, kept = keep(thread.chat), keep(thread.chat)
    send(thread.chat, gone), send(thread.chat, kept)
    handover.leave_request(thread.sender, "9", email="a@example.com", text="J’ai envoyé 1\u00a0photo.")
    erase_message(thread, Message.objects.get(conversation=thread.chat, seq=2))
    assert (photos.sent(gone), photos.shown(thread.chat.id, kept).id) == (None, kept)
    [_, erased, _] = updates.unread(thread.chat.id, 0).messages
    assert (erased.text, erased.photos) == (redaction.ERASED, None)
    assert handover.leave_request(thread.sender, "9", email="", text="").text == "J’ai envoyé 1\u00a0photo."


def test_purge_deletes_what_was_chosen_and_never_sent(conversation, keep):
    sent, old, new = keep(conversation), keep(conversation), keep(conversation)
    send(conversation, sent)
    Photo.objects.filter(id__in=[sent, old]).update(at=clock.now() - timedelta(days=2))
    purge(clock.now() - timedelta(days=400))
    assert set(Photo.objects.values_list("id", flat=True)) == {sent, new}
