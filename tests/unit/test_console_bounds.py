"""The work for a page of the console is bounded for any texts of customers."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.urls import reverse

from chat.models import Conversation, Explanation, Message, Sender
from console import search, transcript
from console.computing import worker
from console.indexing import threads
from console.indexing.indexer import index_all
from console.models import Thread, Turn
from console.privacy import masking
from console.privacy.erase import erase_message
from shop import clock

pytestmark = pytest.mark.django_db
LAST = 2 * transcript.BLOCK + 5


@pytest.fixture
def thread():
    """A conversation of three pages, whose messages are « message 1 » to « message 205 »."""
    chat = Conversation.objects.create(expires_at=clock.now(), last_seq=LAST, last_at=clock.now())
    Message.objects.bulk_create(
        Message(conversation=chat, seq=seq, sender=Sender.CUSTOMER, text=f"message {seq}.")
        for seq in range(1, LAST + 1)
    )
    Conversation.objects.update(unindexed=True)
    index_all()
    return Thread.objects.get(chat=chat)


def shown(client, address):
    body = client.get(address).content.decode()
    return [seq for seq in range(1, LAST + 1) if f"message {seq}." in body]


@pytest.mark.slow
def test_a_long_conversation_is_shown_in_pages(agent, thread):
    client, address = agent("read"), reverse("console:thread", args=[thread.pk])
    pages = [shown(client, f"{address}?message={seq}") for seq in (1, 100, 101, LAST, 10**8)]
    first, second, third = list(range(1, 101)), list(range(101, 201)), list(range(201, LAST + 1))
    assert pages == [first, first, second, third, third]
    for strange in ("", "0", "-1", "²", "x", "9" * 40):
        assert shown(client, f"{address}?message={strange}") == first


def test_the_pages_lead_to_each_other(agent, thread):
    client, address = agent("read"), reverse("console:thread", args=[thread.pk])
    body = client.get(f"{address}?message=150").content.decode()
    assert f'{address}?&amp;message=100"' in body
    assert f'{address}?&amp;message=201"' in body


def test_a_note_leads_back_to_its_page(agent, thread):
    client = agent("review")
    address = reverse("console:add_note", args=[thread.pk])
    answer = client.post(f"{address}?message=150", {"texte": "à revoir"})
    assert answer.url == f"{reverse('console:thread', args=[thread.pk])}?&message=150"


def test_the_inbox_shows_the_latest_messages(agent, thread):
    address = f"{reverse('console:inbox')}?c={thread.sender}"
    client = agent("review")
    assert shown(client, address) == list(range(LAST - transcript.BLOCK + 1, LAST + 1))
    assert f"?message={LAST - transcript.BLOCK}" in client.get(address).content.decode()


def explained(chat, topics):
    """The conversation's messages with an answer, whose explanations name these topics in turn."""
    empty = {"ranking": [], "entities": [], "actions": [], "slots": {}, "form": ""}
    replies = [{"name": "utter_fault", "text": "", "card": None}]
    for message in chat.messages.all():
        topic = topics[message.seq % len(topics)]
        data = empty | {"intent": topic, "confidence": 0.4 if message.seq == 7 else 0.9, "replies": []}
        if message.seq == 8:
            data |= {"replies": replies}
        Explanation.objects.create(message=message, data=data)
    Conversation.objects.update(unindexed=True, answered=LAST)


def derived(thread):
    found = Thread.objects.values(
        "topics", "risks", "lowest_confidence", "typed", "first_text", "new_words", "last_at", "sampled"
    ).get(pk=thread.pk)
    facets = sorted(thread.facets.values_list("kind", "value"))
    return found | {"risks": sorted(found["risks"]), "topics": sorted(found["topics"]), "facets": facets}


def test_a_long_conversation_is_indexed_in_passes_that_find_the_same(thread, monkeypatch):
    explained(thread.chat, ["ask_invoice", "ask_refund", "where_is_parcel"])
    monkeypatch.setattr(threads, "WINDOW", LAST)
    index_all()
    whole, turns = derived(thread), list(thread.turns.values("seq", "intent", "form_input", "unanswered"))
    assert len(turns) == LAST
    assert {"fault", "low_confidence", "repeated"} <= set(whole["risks"])
    thread.delete()
    Conversation.objects.update(unindexed=True)
    monkeypatch.setattr(threads, "WINDOW", 20)
    index_all()
    thread = Thread.objects.get()
    assert derived(thread) == whole
    assert list(thread.turns.values("seq", "intent", "form_input", "unanswered")) == turns


def test_one_more_message_costs_the_same_in_any_conversation(thread, monkeypatch):
    explained(thread.chat, ["ask_invoice"])
    monkeypatch.setattr(threads, "WINDOW", 20)
    monkeypatch.setattr(search, "MAX_CHARACTERS", 200)
    index_all()
    read, of_message, words = [], threads._turn, search.words
    monkeypatch.setattr(threads, "_turn", lambda *given: read.append(given[1].seq) or of_message(*given))
    monkeypatch.setattr(search, "words", lambda text: read.append(text) or words(text))
    Message.objects.create(conversation=thread.chat, seq=LAST + 1, sender=Sender.CUSTOMER, text="un mot de plus")
    Conversation.objects.update(unindexed=True, last_seq=LAST + 1)
    index_all()
    *turns, said, answered = read
    assert turns == list(range(LAST - 18, LAST + 1))
    assert said.startswith("\nun mot de plus\n")
    assert len(said) < 250
    assert len(answered) < 250


def test_what_is_erased_far_back_in_a_long_conversation_is_gone(thread, monkeypatch):
    explained(thread.chat, ["ask_invoice"])
    monkeypatch.setattr(threads, "WINDOW", 20)
    index_all()
    for seq in (1, 30):
        erase_message(thread, thread.chat.messages.get(seq=seq))
    index_all()
    assert Thread.objects.get().first_text == "[message effacé]"
    assert set(thread.turns.filter(seq__in=(1, 30)).values_list("text", flat=True)) == {"[message effacé]"}
    assert thread.turns.count() == LAST


@pytest.mark.slow
def test_the_web_process_has_no_part_that_learns():
    """Loading these libraries with the first page would take seconds, in which customers would wait."""
    program = (
        "import sys, web.asgi; from django.urls import get_resolver; get_resolver().url_patterns;"
        "print([name for name in ('sklearn', 'scipy', 'numpy') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.fixture
def too_slow(monkeypatch):
    """The computing process is suspended, so that no result arrives in time."""

    @contextmanager
    def standing_still():
        worker.compute("clustering", "grouped", ["un code promo", "mon code promo"])
        process, _ = worker._running
        os.kill(process.pid, signal.SIGSTOP)
        try:
            with monkeypatch.context() as patched:
                patched.setattr(worker, "TIMEOUT_SECONDS", 0)
                yield
        finally:
            os.kill(process.pid, signal.SIGCONT)

    return standing_still


@pytest.mark.slow
@pytest.mark.xdist_group("computing")
def test_a_computation_that_takes_too_long_or_fails_is_given_up_and_the_next_one_works(too_slow):
    with too_slow(), pytest.raises(worker.NotComputed):
        worker.compute("clustering", "grouped", ["un code promo", "mon code promo"])
    with pytest.raises(worker.NotComputed):
        worker.compute("clustering", "grouped", None)
    assert worker.compute("clustering", "grouped", ["un code promo", "mon code promo"]) == [], "two are no group"


@pytest.mark.slow
@pytest.mark.xdist_group("computing")
def test_the_explanation_waits_for_no_computation_and_the_nearest_lines_come_after_it(agent, thread, too_slow):
    turn = Turn.objects.create(thread=thread, seq=1, at=clock.now(), text="où est ma facture")
    client, address = agent("read"), reverse("console:nearest", args=[turn.pk])
    assert "→" in client.get(address).content.decode()
    with too_slow():
        assert f'hx-get="{address}"' in client.get(reverse("console:why", args=[turn.pk])).content.decode()
        assert "pas pu être trouvées à temps" in client.get(address).content.decode()


def test_a_text_is_masked_once_and_the_latest_are_kept(monkeypatch):
    calls, mask_anew = [], masking._mask
    monkeypatch.setattr(masking, "MAX_KEPT", 2)
    monkeypatch.setattr(masking, "_masked", masking._Masked())
    monkeypatch.setattr(masking, "_mask", lambda text, names: calls.append(text) or mask_anew(text, names))
    texts = "je suis Jean", "0612345678", "PX48207264"
    a, b, c = texts
    shown = {text: masking.mask(text) for text in (a, a, b, a, c, a, b)}
    assert calls == [a, b, c, b]
    assert list(shown.values()) == ["je suis [nom]", "[téléphone]", "[n° de commande]"]
    assert not any(word in repr(vars(masking._masked)) for word in texts), "the originals are not kept"
    assert masking.mask("Jean", ["Jean"]) != masking.mask("Jean")
