"""Indexing: deriving the console's tables from real conversations in the chat."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from chat import conversations
from chat.models import Conversation, Explanation
from console.indexing import threads as deriving
from console.indexing.indexer import Indexer, index_all
from console.models import Outcome, Thread, Turn
from harness.processes import free_port
from tests.e2e.console.conftest import CAMILLE, SCRIPT, TALKS

pytestmark = pytest.mark.processes


def mark_all():
    Conversation.objects.update(unindexed=True)


def everything():
    """All rows that the indexer writes, in comparable form."""
    threads = list(Thread.objects.order_by("sender").values())
    turns = list(Turn.objects.order_by("thread__sender", "seq").values())
    facets = sorted(Thread.objects.values_list("sender", "facets__kind", "facets__value"))
    return [{k: v for k, v in row.items() if k != "id"} for row in threads + turns], facets


def test_every_message_is_explained(threads):
    for name, lines in TALKS.items():
        turns = list(threads[name].turns.all())
        assert len(turns) == len(lines), name
        assert [turn.text for turn in turns if not turn.pressed] == [line for line in lines if line[0] != ">"]
        for turn in turns:
            assert turn.intent
            assert turn.actions, turn.text
            assert turn.replies, turn.text
            assert turn.seconds is not None


def test_a_turn_says_what_was_understood_and_remembered(threads):
    first, number, email, _ = threads["parcel"].turns.all()
    assert first.intent == "where_is_parcel"
    assert 0 < first.confidence <= 1
    assert len(first.ranking) >= 2
    assert first.ranking[0]["confidence"] <= first.confidence
    assert (first.form, number.form, email.form) == ("", "order_form", "")
    assert number.slots["order_number"] == "PX48207264"
    assert email.slots["email"] == CAMILLE
    assert {"order_number", "email"} & set(first.slots) == set()
    assert email.replies[0]["card"]["number"] == "PX48207264"
    assert any(action["name"] == "action_look_up" for action in email.actions)


def test_a_button_is_no_text_of_the_customer(threads):
    typed, pressed = threads["button"].turns.all()
    assert (typed.pressed, pressed.pressed) == (False, True)
    assert threads["button"].typed == 1
    assert threads["button"].first_text == TALKS["button"][0]


@pytest.mark.usefixtures("hours_later")
def test_outcomes_and_risks(threads):
    assert threads["invoice"].outcome == Outcome.ANSWERED
    assert threads["lost"].outcome == Outcome.FALLBACK
    assert "fallback" in threads["lost"].risks
    assert threads["person"].outcome == Outcome.REQUEST
    assert "escalation" in threads["person"].risks
    assert threads["button"].outcome == Outcome.ABANDONED
    assert {"repeated", "thumbs_down"} <= set(threads["again"].risks)
    assert threads["password"].risks == []
    assert threads["parcel"].topics == ["where_is_parcel"]


def test_a_conversation_is_ongoing_until_it_is_idle(threads, hours_later):
    assert threads["invoice"].outcome == Outcome.ONGOING
    index_all()
    assert Thread.objects.get(pk=threads["invoice"].pk).outcome == Outcome.ANSWERED


def test_new_words_and_learnt_lines(threads):
    assert threads["lost"].new_words
    assert not threads["password"].new_words
    assert [turn.known_line for turn in threads["password"].turns.all()] == [True]


def test_a_rebuild_changes_nothing_and_keeps_the_teams_work(bot, threads, settings):
    """Every explanation is derived again from the bot's events."""
    settings.RASA_URLS = [bot.env["RASA_URL"]]
    threads["invoice"].notes.create(text="vu")
    before, explained = everything(), Explanation.objects.count()
    Explanation.objects.all().delete()
    call_command("rebuild_console")
    assert Explanation.objects.count() == explained
    assert everything() == before
    assert threads["invoice"].notes.count() == 1


def test_a_rebuild_without_the_bot_says_so(threads, settings):
    settings.RASA_URLS = [f"http://127.0.0.1:{free_port()}"]
    with pytest.raises(CommandError, match="The bot does not answer"):
        call_command("rebuild_console")


def test_a_pass_that_fails_half_way_loses_nothing(store, monkeypatch):
    """The database fails at the third conversation; the same indexer continues afterwards."""
    real, calls = deriving.derive, []

    def failing(*arguments):
        calls.append(1)
        if len(calls) == 3:
            raise DatabaseError("unavailable")
        real(*arguments)

    monkeypatch.setattr(deriving, "derive", failing)
    index = Indexer()
    with pytest.raises(DatabaseError):
        index.run_once()
    while index.run_once():
        pass
    assert Thread.objects.count() == len(store.senders)
    assert Turn.objects.count() == sum(len(lines) for lines in TALKS.values())


def test_a_conversation_that_cannot_be_read_stops_no_other_and_is_tried_when_it_grows(store):
    broken = Explanation.objects.filter(message__conversation=store.senders["invoice"]).get()
    kept, broken.data = broken.data, []
    broken.save()
    index = Indexer()
    while index.run_once():
        pass
    assert Thread.objects.count() == len(store.senders)
    shown = Thread.objects.get(sender=store.senders["invoice"])
    assert (shown.risks, shown.risky, shown.first_text) == (["unreadable"], True, TALKS["invoice"][0])
    assert [one.pk.hex for one in Conversation.objects.filter(unindexed=True)] == [store.senders["invoice"]]
    broken.data = kept
    broken.save()
    assert index.run_once() == 0
    Conversation.objects.filter(unindexed=True).update(last_seq=3)
    assert index.run_once() == 1
    assert "unreadable" not in Thread.objects.get(sender=store.senders["invoice"]).risks


@pytest.mark.usefixtures("hours_later")
def test_a_message_without_an_explanation_is_a_fault_of_the_bot(store):
    """The bot failed three times with the message, so the chat sent an apology."""
    Explanation.objects.filter(message__conversation=store.senders["invoice"]).delete()
    index_all()
    thread = Thread.objects.get(sender=store.senders["invoice"])
    assert thread.outcome == Outcome.FALLBACK
    assert "fault" in thread.risks


def test_an_erased_conversation_is_not_indexed_again(threads):
    conversations.erase(threads["attack"].chat_id)
    index_all()
    assert not Thread.objects.filter(pk=threads["attack"].pk).exists()
    mark_all()
    index_all()
    assert not Turn.objects.filter(text__contains=SCRIPT).exists()
    assert not Explanation.objects.filter(data__icontains="alert(1)").exists()


def test_a_rating_is_indexed(threads):
    chat = threads["again"].chat
    assert (threads["again"].helpful, chat.helpful) == (False, False)
    conversations.rate(threads["invoice"].chat_id, helpful=True, comment="")
    index_all()
    assert Thread.objects.get(pk=threads["invoice"].pk).helpful is True


def test_nothing_is_left_to_do_after_a_pass(threads):
    assert not Conversation.objects.filter(unindexed=True).exists()
    assert Indexer().run_once() == 0
