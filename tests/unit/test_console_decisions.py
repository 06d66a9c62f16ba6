"""Two agents at once: a decision is never silently overwritten, and « suivante » gives them two conversations."""

import pytest
from django.urls import reverse

from console.models import Correction, Decision, Facet, Flag, Outcome, Presence, Thread, Turn


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
    """The number of the last decision in the page's form."""
    return {"vu": client.get(reverse("console:thread", args=[thread.pk])).context["seen"]}


def verdicts(thread):
    return [(one.user.username, one.value) for one in thread.decisions.filter(turn=None)]


def test_the_second_user_sees_the_conflict_and_both_verdicts_are_stored(lea, sam, talk):
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


def test_a_third_user_sees_the_conflict_again(lea, sam, agent, talk):
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
def test_an_invalid_decision_number_counts_as_none(lea, sam, talk, seen):
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


def on_all(client, action, **fields):
    return client.post(reverse("console:thread_bulk"), {"faire": action, "toutes": "oui", **fields})


def take_back(client):
    """Press « Annuler » in the last flash message."""
    notice = client.get(reverse("console:threads")).context["found"][-1]
    client.post(notice["action"], dict(notice["fields"]))
    return client.get(reverse("console:threads")).context["found"][-1]["text"]


def all_verdicts():
    return dict(Thread.objects.values_list("pk", "verdict"))


def test_a_bulk_verdict_asks_before_it_replaces_those_of_others(lea, sam, queue):
    judge(lea, queue[0], "bad")
    asked = on_all(sam, "good")
    assert asked.status_code == 409
    assert 'name="toutes" value="oui"' in asked.content.decode(), "the answer is about the same conversations"
    assert set(all_verdicts().values()) == {"bad", ""}
    on_all(sam, "good", autres="garder")
    assert Thread.objects.get(pk=queue[0].pk).verdict == "bad"
    assert Thread.objects.filter(verdict="good").count() == 3
    on_all(sam, "good", autres="remplacer")
    assert Thread.objects.filter(verdict="good").count() == 4
    assert verdicts(queue[0]) == [("lea", "bad"), ("sam", "good")]


def test_only_the_ticked_ones_are_changed_and_nothing_without_a_tick(lea, queue):
    lea.post(reverse("console:thread_bulk"), {"faire": "bad", "c": [queue[1].pk, queue[2].pk, "x", "9" * 30]})
    changed = {one.pk: "bad" for one in queue[1:3]}
    assert all_verdicts() == {one.pk: "" for one in queue} | changed
    lea.post(reverse("console:thread_bulk"), {"faire": "good"})
    assert all_verdicts() == {one.pk: "" for one in queue} | changed
    assert "Cochez" in lea.get(reverse("console:threads")).context["found"][-1]["text"]


def test_a_bulk_verdict_is_taken_back_to_what_was_before_but_not_over_others(lea, sam, queue):
    judge(lea, queue[0], "bad")
    judge(sam, queue[1], "good")
    on_all(lea, "good", autres="remplacer")
    lea.get(reverse("console:threads"))
    lea_judges_all = all_verdicts()
    on_all(lea, "bad", autres="remplacer")
    judge(sam, queue[2], "good", vu=queue[2].decisions.last().pk)
    assert "1 a changé depuis" in take_back(lea)
    assert all_verdicts() == lea_judges_all, "sam's own was good too"
    assert Thread.objects.get(pk=queue[1].pk).reviewed_by.username == "sam", "it was good before, and stays sam's"
    assert Thread.objects.get(pk=queue[2].pk).reviewed_by.username == "sam"


@pytest.mark.parametrize(
    ("action", "fields"),
    [("tag", {"etiquette": "à rappeler"}), ("flag", {"texte": "à regarder"}), ("bad", {}), ("settle", {})],
)
def test_every_bulk_action_is_taken_back(lea, queue, action, fields):
    """Undo keeps the earlier tag, flag and verdict."""

    def everything():
        flags = Flag.objects.order_by("pk").values_list("pk", "settled_at")
        return all_verdicts(), set(Facet.objects.values_list("thread", "value")), list(flags)

    on_all_but = {"c": queue[0].pk}
    lea.post(reverse("console:thread_bulk"), {"faire": "tag", "etiquette": "à rappeler", **on_all_but})
    lea.post(reverse("console:thread_bulk"), {"faire": "flag", "texte": "d’abord", **on_all_but})
    judge(lea, queue[0], "good")
    before = everything()
    on_all(lea, action, **fields)
    assert everything() != before
    take_back(lea)
    assert everything() == before


def test_a_user_cannot_undo_another_users_change(lea, sam, queue):
    on_all(lea, "bad")
    notice = lea.get(reverse("console:threads")).context["found"][-1]
    sam.post(notice["action"])
    assert set(all_verdicts().values()) == {"bad"}


def test_a_note_is_taken_back_by_whoever_wrote_it(lea, sam, talk):
    one = talk("où est mon colis ?")
    lea.post(reverse("console:add_note", args=[one.pk]), {"texte": "rappeler"})
    drop = lea.get(reverse("console:threads")).context["found"][-1]["action"]
    assert sam.post(drop).status_code == 404
    lea.post(drop)
    assert not one.notes.exists()


def test_the_second_user_sees_the_conflict_and_both_corrections_are_stored(lea, sam, turn):
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


def test_two_users_get_different_conversations(lea, sam, queue):
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
