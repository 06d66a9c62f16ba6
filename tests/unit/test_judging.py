"""Blind judging: what judges see, the sample, the accuracy with its interval, and the agreement."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from console import judging
from console.accuracy import accuracy_report, wilson
from console.computing.agreement import kappa
from console.models import Judgement, Sampled, Thread, Turn
from console.statistics import Period
from shop import clock

REFUND, INVOICE = "ask_refund/delay", "ask_invoice/where"


@pytest.fixture
def said(talk):
    """said(how many): messages of last week that the bot classified as a refund question."""
    week = judging.last_week()
    at = datetime(week.year, week.month, week.day, 12, tzinfo=UTC)
    thread = talk("j'attends mon argent")
    thread.chat.messages.update(at=at)

    def say(count, question=REFUND, **fields):
        first = Turn.objects.count() + 1
        entities = [{"entity": "question", "value": question}]
        values = {"thread": thread, "at": at, "intent": question.partition("/")[0], "entities": entities} | fields
        Turn.objects.bulk_create(Turn(seq=first + n, text=f"message {n}", **values) for n in range(count))
        return thread

    return say


def report(topic=""):
    today = clock.now().date()
    return accuracy_report(Period(today - timedelta(days=29), today), topic)


def judged(*chosen):
    """Judgements of the sampled messages, in their order: a question, or a pair by two people."""
    people = [User.objects.get_or_create(username=name)[0] for name in ("ada", "bob")]
    for sampled, one in zip(Sampled.objects.order_by("pk"), chosen, strict=False):
        for user, question in zip(people, (one,) if isinstance(one, str) else one, strict=False):
            judging.judge(sampled, user, question)


def test_a_hundred_typed_messages_of_the_week_are_drawn_once_and_a_tenth_twice(said):
    said(150)
    said(30, pressed=True)
    said(30, form_input=True)
    said(30, at=clock.now())
    judging.sample_week(judging.last_week())
    drawn = set(Sampled.objects.values_list("turn", flat=True))
    judging.sample_week(judging.last_week())
    assert set(Sampled.objects.values_list("turn", flat=True)) == drawn
    assert len(drawn) == 100
    assert Sampled.objects.filter(doubled=True).count() == 10
    texts = Turn.objects.filter(pk__in=drawn).values_list("text", flat=True)
    assert len({int(text.split()[1]) for text in texts if int(text.split()[1]) >= 100}) > 10, "not the first ones"
    assert not Turn.objects.filter(pk__in=drawn, pressed=True).exists()


def test_the_judge_sees_neither_what_the_bot_read_nor_what_another_chose(said, agent):
    thread = said(1)
    sam, zoe = agent("review", "sam"), agent("review", "zoe")
    assert agent("read", "max").get(reverse("console:begin_judging")).status_code == 403
    Turn.objects.update(seq=1)
    address = sam.get(reverse("console:begin_judging"))["Location"]
    assert sam.post(f"{address}decider", {"question": "Ma facture › Où est ma facture ?"}).status_code in (302, 400)
    Judgement.objects.all().delete()
    Judgement.objects.create(sampled=Sampled.objects.get(), user=sam.user, question=INVOICE)
    assert zoe.get(address).status_code == 200
    page = zoe.get(address).content.decode()
    assert "j&#x27;attends mon argent" in page
    before = page.split("<datalist")[0]
    assert "remboursement" not in before
    assert "facture" not in before
    assert reverse("console:thread", args=[thread.pk]) not in page


def test_a_doubled_message_goes_to_two_people_and_another_to_one(said, agent):
    said(12)
    judging.sample_week(judging.last_week())
    sam, zoe = agent("review", "sam"), agent("review", "zoe")
    assert judging.to_judge(sam.user).count() == 12
    for one in Sampled.objects.all():
        judging.judge(one, sam.user, REFUND)
    assert judging.to_judge(sam.user).count() == 0
    left = judging.to_judge(zoe.user)
    assert {one.doubled for one in left} == {True}
    assert left.count() == 2
    assert "Tout est jugé" in sam.get(reverse("console:begin_judging")).content.decode()


@pytest.mark.parametrize(
    ("posted", "kept"),
    [
        ({"question": "Mon remboursement › Quand suis-je remboursé\u00a0?"}, REFUND),
        ({"question": "quand rembourse"}, REFUND),
        ({"question": "facture"}, None),
        ({"autre": "hors-sujet"}, "out_of_scope"),
        ({"autre": "sans-avis"}, ""),
        ({"question": ""}, None),
        ({"question": "introuvable girafe"}, None),
        ({"autre": "nimporte"}, None),
    ],
)
def test_a_few_words_are_enough_if_they_name_one_question(said, agent, posted, kept):
    said(1)
    sam = agent("review", "sam")
    address = sam.get(reverse("console:begin_judging"))["Location"]
    answer = sam.post(f"{address}decider", posted)
    assert answer.status_code == (400 if kept is None else 302)
    assert list(Judgement.objects.values_list("question", flat=True)) == ([] if kept is None else [kept])


def test_accuracy_is_of_the_first_judgement_and_follow_ups_count_as_what_they_follow(said):
    said(4)
    said(1, "follow_up/where", slots={"question": INVOICE})
    judging.sample_week(judging.last_week())
    rows = list(Sampled.objects.order_by("pk").select_related("turn"))
    chosen = [INVOICE if one.turn.intent == "follow_up" else REFUND for one in rows]
    wrong = next(place for place, one in enumerate(rows) if one.turn.intent != "follow_up")
    chosen[wrong] = INVOICE
    judged(*chosen)
    found = report()
    assert (found.total.judged, found.total.right) == (5, 4)
    assert {name: (one.judged, one.right) for name, one in found.by["sujet"].items()} == {
        "Mon remboursement": (3, 3), "Ma facture": (2, 1),
    }  # fmt: skip
    assert list(found.by["version"]) == ["modèle installé"]
    assert report("ask_invoice").total.judged == 2


def test_undecided_judgements_are_not_counted_and_pairs_need_two_decided_ones(said):
    said(4)
    judging.sample_week(judging.last_week())
    judged("", (REFUND, INVOICE), (REFUND, ""), REFUND)
    found = report()
    assert (found.total.judged, found.unsure, found.pairs) == (3, 1, [(REFUND, INVOICE)])


def test_the_margin_is_wilsons_and_the_agreement_cohens():
    low, high = wilson(10, 10)
    assert (round(low, 4), high) == (0.7225, 1.0)  # Brown, Cai and DasGupta, 2001
    assert [round(one, 4) for one in wilson(81, 263)] == [0.2553, 0.3662]  # Newcombe, 1998
    # Twenty « yes », fifteen « no » of both, fifteen and five of one alone: Cohen's own kind of table, 0.4.
    table = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert kappa(table) == pytest.approx(0.4)
    assert kappa([("y", "y")]) is None


def test_the_page_and_the_file_tell_accuracy_with_its_margin(said, agent):
    said(10)
    judging.sample_week(judging.last_week())
    judged(*[REFUND] * 9, INVOICE)
    client = agent("review")
    page = client.get(reverse("console:statistics")).content.decode()
    assert "90\u202f%" in page or "90\u00a0%" in page
    assert "60 à 98" in page
    text = client.get(reverse("console:accuracy_csv")).content.decode()
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert [rows[0][name] for name in ("jugés", "justes", "exactitude (%)", "au moins (%)")] == [
        "10",
        "9",
        "90,0",
        "59,6",
    ]


def test_accuracy_has_charts_by_question_and_version_with_the_margin(said, agent):
    said(10)
    client = agent("read")
    empty = client.get(reverse("console:statistics"))
    assert 'data-chart="accuracy_question"' not in empty.content.decode()
    judging.sample_week(judging.last_week())
    judged(*[REFUND] * 9, INVOICE)
    page = client.get(reverse("console:statistics"))
    assert 'data-chart="accuracy_question"' in page.content.decode()
    drawn = page.context["charts"]
    assert drawn["accuracy_question"]["counts"] == ["9 messages jugés", "1 message jugé"]
    assert drawn["accuracy_question"]["sets"][0]["values"] == [100.0, 0.0]
    assert drawn["accuracy_version"]["labels"] == ["modèle installé"]
    assert drawn["accuracy_version"]["margins"] == [[59.6, 98.2]]


def test_the_queries_are_the_same_for_any_number_of_judgements(said):
    counts = []
    for n in (2, 20):
        said(n)
        Sampled.objects.all().delete()
        judging.sample_week(judging.last_week())
        judged(*[REFUND] * 22)
        with CaptureQueriesContext(connection) as queries:
            report()
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 3


def test_an_erased_conversation_takes_its_judgements_along(said):
    said(3)
    judging.sample_week(judging.last_week())
    judged(REFUND, REFUND)
    Thread.objects.all().delete()
    assert not Judgement.objects.exists()
