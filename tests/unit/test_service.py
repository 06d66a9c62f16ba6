"""« Corrigé dans la version 14 », shown to the reporter with the number of customers answered rightly since."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat import conversations, leases
from console.indexing.indexer import index_all
from console.models import Correction, Repaired, Rollout, Thread, Version
from console.training.service import are_alike, service_of
from console.training.training_changes import lines_of
from shop import clock

OLD, NEW = "a" * 32, "b" * 32


@pytest.fixture
def ask(db):
    """ask(text, model, question): a customer writes the text, and the model classifies it as this question."""

    def asked(text, model=NEW, question="ask_refund/means", erased=False):
        opened = conversations.open_conversation("192.0.2.1")
        conversations.post_text(opened.id, uuid.uuid4(), text, "worker")
        intent = question.partition("/")[0]
        explanation = {
            "model": model, "intent": intent, "confidence": 0.9, "ranking": [], "actions": [], "slots": {}, "form": "",
            "entities": [{"entity": "question", "value": question}], "replies": [],
        }  # fmt: skip
        reply = {"text": "Voici.", "buttons": [], "card": None}
        conversations.answer(leases.next_pending(opened.id), {"replies": [reply], "explanation": explanation})
        index_all()
        return Thread.objects.get(chat=opened.id)

    return asked


@pytest.fixture
def corrected(ask, sam):
    """A mistake of the installed model that a user with the role « review » reported."""
    turn = ask("on me rend l'argent sur ma carte", OLD, "ask_refund/delay").turns.get()
    return Correction.objects.create(
        turn=turn, text="on me rend l'argent sur ma carte", plain="x", intent_before="ask_refund/delay",
        intent="ask_refund/means", user=sam.user, accepted_at=clock.now(),
    )  # fmt: skip


def put_into_service(correction, number=14, model=NEW, **figures):
    lines = [line.digest for line in lines_of(correction)] if correction else []
    version = Version.objects.create(number=number, state="ready", model=model, lines=lines, figures=figures)
    Rollout.objects.create(version=version, state="done", ended_at=clock.now())


def test_only_similar_messages_classified_as_corrected_by_a_trained_version_count(ask, corrected):
    put_into_service(corrected)
    ask("on me rend l'argent sur la carte ?")
    ask("On me rend l’argent sur ma carte, svp", NEW)
    ask("on me rend l'argent sur ma carte", OLD)  # by the previous model
    ask("on me rend l'argent sur ma carte", NEW, "ask_refund/delay")  # still classified wrongly
    ask("par quel moyen suis-je payé", NEW)  # classified as corrected, but not similar
    assert service_of([corrected])[corrected.pk].customers == 2
    Thread.objects.filter(repaired__isnull=False).first().delete()
    assert service_of([corrected])[corrected.pk].customers == 1, "an erased conversation is not counted"


def test_a_conversation_counts_once_and_only_in_the_same_context(ask, corrected):
    put_into_service(corrected)
    thread = ask("on me rend l'argent sur ma carte")
    Thread.objects.filter(pk=thread.pk).update(indexed=0)
    thread.chat.unindexed = True
    thread.chat.save()
    index_all()
    assert Repaired.objects.count() == 1
    Repaired.objects.all().delete()
    Correction.objects.update(after="ask_invoice/where")
    ask("on me rend l'argent sur ma carte")
    assert not Repaired.objects.exists()


@pytest.mark.parametrize(
    ("line", "text", "alike"),
    [
        ("c'est long", "c'est long ?", True),
        ("où est mon colis", "ou est mon colis svp merci", True),
        ("où est mon colis", "où est ma facture", False),
        ("où", "", False),
    ],
)
def test_alike_means_two_thirds_of_the_longer_ones_words(line, text, alike):
    assert are_alike(text, line) is alike


def test_the_reviewer_reads_it_at_the_correction_and_in_their_list(ask, corrected, sam, agent):
    pages = [reverse("console:thread", args=[corrected.turn.thread_id]), f"{reverse('console:corrections')}?de=moi"]
    assert all("version 14" not in sam.get(page).content.decode() for page in pages)
    put_into_service(corrected)
    ask("on me rend l'argent sur ma carte")
    said = "corrigé dans la version 14, mise en service le "
    for page in pages:
        shown = sam.get(page).content.decode()
        assert said in shown
        assert "1\u00a0client a eu la bonne réponse depuis" in shown
        assert "deux mots sur trois" in shown, "the definition is shown beside the number"
    others = agent("review", "zoe").get(pages[1]).content.decode()
    assert said not in others


def test_what_was_taken_back_or_is_still_misread_is_said(corrected):
    put_into_service(corrected)
    Rollout.objects.create(version=None, state="done", ended_at=clock.now() + timedelta(seconds=1))
    assert "plus en service depuis" in str(service_of([corrected])[corrected.pk])
    Version.objects.update(figures={"wrong": [corrected.text]})
    assert "encore autrement" in str(service_of([corrected])[corrected.pk])
    put_into_service(None, 15, "c" * 32)
    assert service_of([corrected])[corrected.pk].number == 14


def test_the_list_costs_the_same_however_many_corrections(corrected, sam):
    put_into_service(corrected)
    counts = []
    for n in (0, 30):
        Correction.objects.bulk_create(
            Correction(
                turn=corrected.turn, text=f"ligne {n}", plain=f"{n}", intent="ask_refund/means", intent_before="x",
                user=sam.user, accepted_at=clock.now(),
            ) for n in range(n)
        )  # fmt: skip
        with CaptureQueriesContext(connection) as queries:
            sam.get(reverse("console:corrections"))
        counts.append(len(queries))
    assert counts[0] == counts[1]
