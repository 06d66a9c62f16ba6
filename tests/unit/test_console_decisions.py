"""Two agents at once: nothing is overwritten unseen, and « suivante » gives them two conversations."""

import pytest
from django.urls import reverse

from console.models import Correction, Decision, Outcome, Presence, Thread, Turn


@pytest.fixture
def queue(talk):
    """Four conversations of the review queue, the newest first."""
    made = [talk(f"où est mon colis {number} ?") for number in "abcd"]
    Thread.objects.update(risky=True, outcome=Outcome.ANSWERED)
    return list(reversed(made))


@pytest.fixture
def turn(talk):
    thread = talk("jai pa resu mn coli hier")
    return Turn.objects.create(
        thread=thread, seq=1, at=thread.started_at, text="jai pa resu mn coli hier", intent="ask_invoice"
    )


def judge(client, thread, verdict, **fields):
    return client.post(reverse("console:review", args=[thread.pk]), {"verdict": verdict, **fields})


def shown(client, thread):
    """What the form of the page sends back."""
    return {"vu": client.get(reverse("console:thread", args=[thread.pk])).context["seen"]}


def verdicts(thread):
    return [(one.user.username, one.value) for one in thread.decisions.filter(turn=None)]


def test_the_second_verdict_is_told_and_both_are_kept(lea, sam, talk):
    one = talk("où est mon colis ?")
    of_lea, of_sam = shown(lea, one), shown(sam, one)
    judge(lea, one, "bad", **of_lea)
    told = judge(sam, one, "good", **of_sam)
    assert told.status_code == 409
    assert "lea" in told.content.decode()
    assert "mal répondu" in told.content.decode()
    one.refresh_from_db()
    assert (one.verdict, one.reviewed_by.username) == ("bad", "lea")
    judge(sam, one, "good", vu=told.context["theirs"].pk)
    one.refresh_from_db()
    assert (one.verdict, one.reviewed_by.username) == ("good", "sam")
    assert verdicts(one) == [("lea", "bad"), ("sam", "good")]
    page = lea.get(reverse("console:thread", args=[one.pk])).content.decode()
    assert page.index("mal répondu <span") < page.index("bien répondu <span")


def test_a_third_one_is_told_again(lea, sam, agent, talk):
    one, max_ = talk("où est mon colis ?"), agent("review", "max")
    judge(lea, one, "bad")
    told = judge(sam, one, "good", vu=0)
    judge(max_, one, "", vu=told.context["theirs"].pk)
    assert judge(sam, one, "good", vu=told.context["theirs"].pk).status_code == 409


def test_the_same_verdict_or_the_same_person_is_no_conflict(lea, sam, talk):
    one = talk("où est mon colis ?")
    assert judge(lea, one, "good").status_code == 302
    assert judge(lea, one, "bad").status_code == 302
    assert judge(sam, one, "bad").status_code == 302


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30, "١"])
def test_a_number_that_cannot_be_read_has_seen_nothing(lea, sam, talk, seen):
    one = talk("où est mon colis ?")
    judge(lea, one, "bad")
    assert judge(sam, one, "good", vu=seen).status_code == 409


def test_a_verdict_is_confirmed_and_taken_back(lea, talk):
    one = talk("où est mon colis ?")
    judge(lea, one, "bad")
    (notice, *_) = lea.get(reverse("console:threads")).context["found"]
    assert "mal répondu" in notice["text"]
    lea.post(notice["action"], dict(notice["fields"]))
    one.refresh_from_db()
    assert one.verdict == ""
    assert verdicts(one) == [("lea", "bad"), ("lea", "")]


def test_a_bulk_verdict_asks_before_it_replaces_those_of_others(lea, sam, queue):
    judge(lea, queue[0], "bad")
    bulk = reverse("console:bulk")
    assert sam.post(bulk, {"faire": "good"}).status_code == 409
    assert set(Thread.objects.values_list("verdict", flat=True)) == {"bad", ""}
    sam.post(bulk, {"faire": "good", "autres": "garder"})
    assert Thread.objects.get(pk=queue[0].pk).verdict == "bad"
    assert Thread.objects.filter(verdict="good").count() == 3
    sam.post(bulk, {"faire": "good", "autres": "remplacer"})
    assert Thread.objects.filter(verdict="good").count() == 4
    assert verdicts(queue[0]) == [("lea", "bad"), ("sam", "good")]


def test_the_second_correction_is_told_and_both_are_kept(lea, sam, turn):
    keep = reverse("console:keep", args=[turn.pk])
    seen = {client: client.get(reverse("console:correct", args=[turn.pk])).context["seen"] for client in (lea, sam)}
    lea.post(keep, {"intention": "where_is_parcel", "vu": seen[lea]})
    told = sam.post(keep, {"intention": "ask_refund", "vu": seen[sam]})
    assert told.status_code == 409
    assert "lea" in told.content.decode()
    assert Correction.objects.get().intent == "where_is_parcel"
    assert sam.post(keep, {"intention": "ask_refund", "vu": told.context["seen"]}).status_code == 200
    assert Correction.objects.get().intent == "ask_refund"
    assert [(d.user.username, d.value) for d in turn.decisions.all()] == [
        ("lea", "where_is_parcel"), ("sam", "ask_refund"),
    ]  # fmt: skip


def test_a_refused_correction_leaves_no_history(lea, turn):
    lea.post(reverse("console:keep", args=[turn.pk]), {"intention": "no_such_question"})
    assert not Decision.objects.exists()


def target(answer):
    return int(answer["Location"].split("/conversations/")[1].split("/")[0])


def test_two_people_begin_and_go_on_with_different_conversations(lea, sam, queue):
    first, second = (target(client.get(reverse("console:begin"))) for client in (lea, sam))
    assert [first, second] == [queue[0].pk, queue[1].pk]
    address = f"{reverse('console:review', args=[first])}?relecture=file"
    third = target(lea.post(address, {"verdict": "good"}))
    assert third == queue[2].pk
    fourth = target(sam.get(f"{reverse('console:following', args=[second])}?relecture=file"))
    assert fourth == queue[3].pk


def test_the_queue_says_that_it_ends_or_that_others_have_the_rest(lea, sam, queue):
    for thread in queue[:2]:
        sam.get(reverse("console:presence", args=[thread.pk]))
    mine = target(lea.get(reverse("console:begin")))
    while (answer := judge_in_queue(lea, mine))["Location"] != reverse("console:queue"):
        mine = target(answer)
    assert "chez quelqu’un d’autre" in lea.get(reverse("console:queue")).content.decode()
    Presence.objects.all().delete()
    mine = target(lea.get(reverse("console:begin")))
    while (answer := judge_in_queue(lea, mine))["Location"] != reverse("console:queue"):
        mine = target(answer)
    assert "La file est terminée" in lea.get(reverse("console:queue")).content.decode()


def judge_in_queue(client, number):
    return client.post(f"{reverse('console:review', args=[number])}?relecture=file", {"verdict": "good"})
