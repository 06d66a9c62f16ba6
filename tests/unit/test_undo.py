"""« Annuler », in the flash message after an action, restores the earlier state, unless it was changed since."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from chat import takeover, team, updates
from chat.models import AnswerNotice, Responder
from console.models import Asking, Correction, OpenQuestion, Turn
from console.training import training_changes
from shop import clock

LINE = "c'est viré où sinon"


def undo(client):
    """Press « Annuler » in the latest flash message of the next page."""
    message = client.session["notices"][-1]
    assert message["button"] == "Annuler"
    return client.post(message["action"], dict(message["fields"]))


def flash_text(client):
    return client.session["notices"][-1]["text"]


def post(client, name, pk, **fields):
    return client.post(reverse(f"console:{name}", args=[pk]), fields)


@pytest.fixture
def lead(agent):
    return agent("manage", "chef")


@pytest.fixture
def correction(lea, talk):
    """A correction that Léa proposed."""
    turn = Turn.objects.create(thread=talk(LINE), seq=1, at=clock.now(), text=LINE, intent="greet")
    lea.post(reverse("console:keep", args=[turn.pk]), {"intention": "ask_refund/means"})
    return Correction.objects.get()


def values(correction):
    """The correction's fields, with times rounded to seconds; None if it does not exist."""
    found = Correction.objects.filter(pk=correction.pk).values().first()
    return found and {name: f"{value:%c}" if name.endswith("at") and value else value for name, value in found.items()}


def test_an_accepted_correction_is_only_proposed_again(lead, correction):
    before = values(correction)
    post(lead, "accept_correction", correction.pk)
    line = training_changes.accepted().lines[0]
    undo(lead)
    assert values(correction) == before
    assert training_changes.accepted().lines == []
    assert training_changes.accepted().removed == [line.digest], "a developer may have pulled it meanwhile"
    post(lead, "accept_correction", correction.pk)
    assert training_changes.accepted().removed == []


@pytest.mark.parametrize("accepted", [False, True])
def test_a_refused_or_withdrawn_correction_is_there_again_with_its_author(lead, correction, accepted):
    if accepted:
        post(lead, "accept_correction", correction.pk)
    before = values(correction)
    post(lead, "drop_correction", correction.pk)
    assert values(correction) is None
    undo(lead)
    assert values(correction) == before
    assert training_changes.accepted().removed == []
    decided = correction.turn.decisions.order_by("pk").values_list("user__username", "value")
    assert list(decided) == [("lea", "ask_refund/means"), ("chef", ""), ("chef", "ask_refund/means")]


def test_a_refused_correction_does_not_replace_a_later_one(lead, lea, correction):
    post(lead, "drop_correction", correction.pk)
    lea.post(
        reverse("console:keep", args=[correction.turn_id]),
        {"intention": "ask_refund/who", "vu": correction.turn.decisions.last().pk},
    )
    assert Correction.objects.get().intent == "ask_refund/who"
    undo(lead)
    assert Correction.objects.get().intent == "ask_refund/who"
    assert flash_text(lead) == "Cela ne peut plus être annulé."


def test_a_refused_correction_of_an_erased_conversation_does_not_return(lead, correction):
    post(lead, "drop_correction", correction.pk)
    correction.turn.thread.delete()
    undo(lead)
    assert not Correction.objects.exists()


def test_only_the_refused_correction_itself_can_be_restored(lead, lea, correction):
    """The form's value is signed, and the role « review » cannot restore what a lead had accepted."""
    assert lea.post(reverse("console:restore_correction"), {"correction": "x"}).status_code == 302
    assert flash_text(lea) == "Cela ne peut plus être annulé."
    post(lead, "accept_correction", correction.pk)
    post(lead, "drop_correction", correction.pk)
    message = lead.session["notices"][-1]
    assert lea.post(message["action"], dict(message["fields"])).status_code == 403
    assert not Correction.objects.exists()


@pytest.fixture
def notice(lead):
    until = f"{clock.now() + timedelta(hours=3):%Y-%m-%dT%H:%M}"
    fields = {"question": "track_delivery/how", "texte": "L’outil de suivi est en panne.", "fin": until}
    lead.post(reverse("console:write_notice"), fields)
    return AnswerNotice.objects.get()


def test_a_notice_to_customers_is_ended_and_put_back(lead, notice):
    undo(lead)
    notice.refresh_from_db()
    assert notice.ended_at
    undo(lead)
    notice.refresh_from_db()
    assert notice.ended_at is None


def test_a_notice_does_not_replace_a_later_one(lead, notice):
    post(lead, "end_notice", notice.pk)
    AnswerNotice.objects.create(question=notice.question, text="Un autre.", ends_at=notice.ends_at)
    undo(lead)
    notice.refresh_from_db()
    assert notice.ended_at
    assert "ne peut plus" in flash_text(lead)


@pytest.fixture
def conversation(waiting_conversation, lea, marc):
    for client in (lea, marc):
        team.mark_present(client.user, available=True)
    return waiting_conversation("je veux parler à quelqu’un")


def last_text(conversation):
    return updates.unread(conversation.id, 0).messages[-1].text


def reassign(lead, conversation, to):
    return post(lead, "reassign", conversation.id, a=to, raison="Léa est en réunion")


def test_a_reassigned_conversation_returns_to_whom_it_was_with(lead, lea, marc, conversation):
    takeover.take(conversation.id, lea.user)
    reassign(lead, conversation, marc.user.pk)
    undo(lead)
    conversation.refresh_from_db()
    assert (conversation.responder, conversation.agent) == (Responder.AGENT, lea.user)
    assert "Léa" in flash_text(lead) or "lea" in flash_text(lead)


def test_a_reassigned_conversation_returns_to_the_queue(lead, marc, conversation):
    reassign(lead, conversation, marc.user.pk)
    undo(lead)
    conversation.refresh_from_db()
    assert (conversation.responder, conversation.agent) == (Responder.WAITING, None)


@pytest.mark.parametrize("to", ["colleague", ""])
def test_a_reassigned_conversation_returns_to_the_assistant(lead, lea, marc, conversation, to):
    takeover.take(conversation.id, lea.user)
    takeover.hand_back(conversation.id, lea.user)
    reassign(lead, conversation, marc.user.pk if to else "")
    undo(lead)
    conversation.refresh_from_db()
    assert conversation.responder == Responder.BOT
    assert last_text(conversation).startswith("Ici de nouveau l’assistant")


def test_a_reassignment_is_not_undone_after_somebody_changed_who_answers(lead, lea, marc, conversation):
    reassign(lead, conversation, marc.user.pk)
    takeover.hand_back(conversation.id, marc.user)
    takeover.take(conversation.id, lea.user)
    assert undo(lead).status_code == 409
    conversation.refresh_from_db()
    assert conversation.agent == lea.user


def test_a_lead_gives_it_to_the_assistant(lead, lea, conversation):
    takeover.take(conversation.id, lea.user)
    reassign(lead, conversation, "assistant")
    conversation.refresh_from_db()
    assert conversation.responder == Responder.BOT
    assert reassign(lead, conversation, "²").status_code == 400


@pytest.fixture
def unanswered(talk):
    return Turn.objects.create(
        thread=talk("carte cadeau de noel"), seq=1, at=clock.now(), text="carte cadeau de noel", unanswered=True
    )


@pytest.mark.parametrize("action", ["reunir", "ecarter"])
def test_undoing_a_sorting_moves_the_messages_back(lea, unanswered, action):
    lea.post(reverse("console:sort_unanswered"), {"action": action, "message": [unanswered.pk]})
    assert Asking.objects.count() == 1
    undo(lea)
    assert not Asking.objects.exists()
    assert not OpenQuestion.objects.exists()


def test_a_dismissed_question_is_open_again_and_dismissed_again(lea, unanswered):
    lea.post(reverse("console:sort_unanswered"), {"action": "reunir", "message": [unanswered.pk]})
    question = OpenQuestion.objects.get()
    post(lea, "dismiss", question.pk)
    for state in ("open", "dismissed"):
        undo(lea)
        question.refresh_from_db()
        assert question.state == state


def test_an_unknown_conversation_is_not_reassigned(lead):
    assert post(lead, "reassign", uuid.uuid4(), a="", raison="par erreur").status_code == 404
