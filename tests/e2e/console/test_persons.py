"""Finding a person's conversations by e-mail or number, and nobody else's."""

import pytest
from django.contrib.auth.models import User

from chat.models import Conversation, HandOverRequest, Message
from console import search
from console.indexing.indexer import index_all
from console.models import SavedView, Thread
from console.privacy import person as persons
from console.privacy.erase import erase_person
from tests.e2e.console.conftest import CAMILLE

pytestmark = pytest.mark.processes

JEAN = "jean.petit@example.com"
APART = "Un petit souci : Jean, de la boutique example, dit comme d’habitude qu’il n’a rien"


def say(thread, text):
    """Start a conversation with this message, and index it."""
    Message.objects.filter(conversation=thread.chat_id, seq=1).update(text=text)
    search.index(thread.pk, [text], [])


def found(person):
    return {thread.pk for thread in persons.threads_of(person)}


@pytest.mark.parametrize(
    "text", [f"écrivez à {JEAN.upper()}.", "jean.petit @ example.com", "jean point petit arobase example point com"]
)
def test_an_address_is_found_only_as_a_whole(threads, text):
    say(threads["invoice"], text)
    say(threads["password"], APART)
    assert found(JEAN) == {threads["invoice"].pk}


@pytest.mark.parametrize("text", ["PX12345678", "n° px 12345678 svp", "Px1234 5678", "px-1234-5678", "12345678"])
def test_a_number_is_found_however_it_was_written(threads, text):
    say(threads["invoice"], text)
    say(threads["password"], "colis 8R00123456781, commande PX123456789")
    assert found("PX12345678") == {threads["invoice"].pk}


def test_a_view_that_names_the_person_completely_is_erased_too(db):
    queries = {"his": "q=jean.petit%40example.com&issue=answered", "word": "q=jean", "other": "q=jean.petit%40mail.fr"}
    user = User.objects.create_user("lea")
    for name, query in queries.items():
        SavedView.objects.create(owner=user, name=name, query=query)
    SavedView.objects.create(owner=user, name=f"suivre {JEAN}", query="avis=non")
    assert {view.name for view in persons.views_of(JEAN)} == {"his", f"suivre {JEAN}"}


def test_what_is_not_indexed_yet_is_erased_too(store, monkeypatch):
    """The address is in three conversations, and in the rating's comment of a fourth.

    They are not erased in the bot, because other tests use them; tests/e2e/console/test_erasure.py tests that.
    """
    asked = []
    monkeypatch.setattr("console.privacy.erase.erase_in_rasa", asked.extend)
    assert not Thread.objects.exists()
    receipt = erase_person(CAMILLE, None)
    assert receipt.counts["conversations"] == len(asked) == 4
    assert not Message.objects.filter(text__icontains=CAMILLE).exists()
    assert not HandOverRequest.objects.filter(email=CAMILLE).exists()
    index_all()
    assert found(CAMILLE) == set()
    assert Thread.objects.filter(sender=store.senders["invoice"]).exists()


def test_a_new_message_of_an_indexed_conversation_is_seen(threads):
    text = f"mon adresse : {JEAN}"
    Message.objects.filter(conversation=threads["invoice"].chat_id, seq=1).update(text=text)
    Conversation.objects.filter(pk=threads["invoice"].chat_id).update(unindexed=True)
    assert found(JEAN) == {threads["invoice"].pk}
