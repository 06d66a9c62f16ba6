"""« Incompris » and « Questions sans réponse »: messages are collected or dismissed; volume and the agents' answers."""

import uuid

import pytest
from django.urls import reverse

from chat.models import Message, Sender
from console.models import Asking, Correction, OpenQuestion, Thread, Turn
from console.training import open_questions
from console.training.unanswered import unanswered
from shop import clock

# One worker, so that one computing process serves them all.
pytestmark = pytest.mark.xdist_group("computing")
GIFT = ("la carte cadeau de mamie est refusee", "comment marche la carte cadeau de noel", "solde carte cadeau noel svp")


@pytest.fixture
def asked(talk):
    """asked(text): a message without an answer, in a new conversation."""

    def make(text, **more):
        thread = talk(text)
        return Turn.objects.create(thread=thread, seq=1, at=clock.now(), text=text, unanswered=True, **more)

    return make


def sort(client, turns, action, **more):
    posted = {"action": action, "message": [turn.pk for turn in turns], **more}
    return client.post(reverse("console:sort_unanswered"), posted)


def page(client, name="open_questions", **query):
    return client.get(reverse(f"console:{name}"), query).content.decode()


def none_fits(client, turn, **more):
    return client.post(reverse("console:keep", args=[turn.pk]), {"intention": "none_fits", **more})


@pytest.mark.slow
def test_a_group_has_a_phrase_as_its_name_and_the_rest_is_alone(lea, asked):
    turns = [asked(text) for text in (*GIFT, GIFT[0].upper(), "qui a gagné le match hier")]
    found = unanswered(30)
    assert {one.turn.pk for group in found.groups for one in group} == {turns[i].pk for i in (1, 2, 3)}
    assert [one.turn.pk for one in found.alone] == [turns[4].pk]
    body = page(lea, "unanswered")
    assert '<span class="count">4</span>' in body, "all messages of these words count"
    assert "Isolés" in body


def test_a_collected_group_leaves_incompris_with_all_its_words_and_counts_what_comes_later(lea, asked):
    turns = [asked(text) for text in GIFT]
    twin = asked(GIFT[0] + " !")
    sort(lea, turns, "reunir")
    assert {asking.turn_id for asking in Asking.objects.all()} == {turn.pk for turn in [*turns, twin]}
    assert unanswered(30).groups == unanswered(30).alone == []
    asked(GIFT[1])
    (collected,) = open_questions.summaries(OpenQuestion.State.OPEN)
    assert collected.volume == 5
    assert f"«\u00a0{min(GIFT, key=len)}\u00a0»" in page(lea)


def test_what_is_dismissed_can_be_opened_again(lea, asked):
    sort(lea, [asked(text) for text in GIFT], "ecarter")
    assert "Aucune question n’attend" in page(lea)
    assert GIFT[0] in page(lea, ecartees="")
    lea.post(reverse("console:reopen_question", args=[OpenQuestion.objects.get().pk]))
    assert GIFT[0] in page(lea)
    lea.post(reverse("console:dismiss", args=[OpenQuestion.objects.get().pk]))
    assert "Aucune question n’attend" in page(lea)


def test_none_fits_joins_a_question_and_a_correction_takes_it_out_again(lea, asked):
    first, second = asked(GIFT[0]), asked(GIFT[1])
    none_fits(lea, first)
    question = OpenQuestion.objects.get()
    assert GIFT[0] in lea.get(reverse("console:correct", args=[second.pk])).content.decode(), "to choose from"
    none_fits(lea, second, sans_reponse=question.pk)
    assert question.askings.count() == 2
    assert [one.value for one in second.decisions.all()] == ["none_fits"]
    assert "aucune question ne convient" in page_of(lea, second)
    lea.post(reverse("console:keep", args=[second.pk]), {"intention": "out_of_scope/other"})
    assert Correction.objects.get().turn == second
    assert question.askings.count() == 1
    none_fits(lea, second)
    assert not Correction.objects.exists(), "one or the other"
    lea.post(reverse("console:leave_question", args=[second.pk]))
    assert question.askings.count() == Asking.objects.count() == 1


def page_of(client, turn):
    return client.get(reverse("console:thread", args=[turn.thread_id])).content.decode()


def test_another_users_decision_is_not_overwritten_silently(lea, sam, asked):
    turn = asked(GIFT[0])
    lea.post(reverse("console:keep", args=[turn.pk]), {"intention": "out_of_scope/other"})
    told = none_fits(sam, turn)
    assert told.status_code == 409
    assert Correction.objects.filter(turn=turn).exists()
    sort(sam, [turn], "reunir")
    assert not Asking.objects.exists()


def test_only_a_lead_changes_an_accepted_correction(lea, agent, asked):
    turn = asked(GIFT[0])
    lead = agent("manage")
    lead.post(reverse("console:keep", args=[turn.pk]), {"intention": "out_of_scope/other"})
    body = none_fits(lea, turn, vu=turn.decisions.get().pk).content.decode()
    assert "Cette correction est acceptée" in body
    assert not Asking.objects.exists()


def test_a_persons_answers_are_drafts_masked_and_forgotten_with_the_conversation(lea, asked):
    turn = asked("où mettre ma carte cadeau ? camille.durand@example.com")
    answer = "Au moment de payer, camille.durand@example.com."
    Message.objects.create(
        conversation=turn.thread.chat, seq=2, sender=Sender.AGENT, text=answer, author="Léa", client_id=uuid.uuid4()
    )
    sort(lea, [turn], "reunir")
    body = page(lea)
    assert "Au moment de payer, [e-mail]." in body
    assert "camille" not in body
    Thread.objects.all().delete()
    assert "Aucune question n’attend" in page(lea), "no text was copied"


@pytest.mark.parametrize("action", ["reunir", "ecarter", "apprendre", "hors_sujet"])
def test_the_role_read_may_not_sort_messages(agent, asked, action):
    turn = asked(GIFT[0])
    assert sort(agent("read"), [turn], action, garder="1", intention="out_of_scope/other").status_code == 403
    assert not Asking.objects.exists()
    assert not Correction.objects.exists()


@pytest.mark.parametrize(
    ("message", "more", "said"),
    [
        ("", {"action": "reunir"}, "Cochez au moins un message"),
        ("9" * 30, {"action": "reunir"}, "Cochez au moins un message"),
        (None, {"action": "apprendre"}, "Choisissez la question"),
        (None, {}, "Choisissez la question"),
    ],
)
def test_an_invalid_action_gets_an_error_message(lea, asked, message, more, said):
    turn = asked(GIFT[0])
    posted = {"message": turn.pk if message is None else message, **more}
    refused = lea.post(reverse("console:sort_unanswered"), posted)
    assert refused.status_code == 400
    assert said in refused.content.decode()
