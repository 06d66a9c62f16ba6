"""A replay's page with its groups and judgements; and when the worker starts, stops and resumes a replay."""

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bot import model_checksum, versions
from console.audit import ACTION_KEY
from console.models import Difference, Replay, Turn, Version
from console.versions import replays, worker
from replay.stored_messages import messages_of

WHERE, MISSING = "ask_invoice/where", "ask_invoice/missing"


@pytest.fixture
def models(tmp_path, monkeypatch):
    monkeypatch.setenv("MODEL", str(tmp_path / "model.tar.gz"))
    monkeypatch.delenv("MODEL_SHA256", raising=False)
    (tmp_path / "new").write_bytes(b"installed")
    model_checksum.install(tmp_path / "new", tmp_path / "model.tar.gz")
    versions.folder().mkdir()


@pytest.fixture
def replay(db, models, talk):
    """A replay of version 1 with two wordings of one change, and another change."""
    thread = talk("où est ma facture de camille@example.com", "ma facture", "bonjour")
    texts = thread.chat.messages.values_list("text", flat=True)
    turns = [
        Turn.objects.create(thread=thread, seq=n, at=thread.started_at, text=text) for n, text in enumerate(texts, 9)
    ]
    ready = {"state": Version.State.READY, "ended_at": thread.started_at, "sha256": "a" * 64, "figures": {}}
    version = Version.objects.create(number=1, **ready)
    versions.path_of(version.sha256).write_bytes(b"a version")
    made = Replay.objects.create(version=version, state=Replay.State.DONE, live=versions.installed(), changed=8)
    for turn, before, after, times in zip(
        turns, [WHERE, WHERE, "greet"], [MISSING, MISSING, "thank"], [5, 2, 1], strict=True
    ):
        Difference.objects.create(replay=made, turn=turn, before=before, after=after, digest=turn.text, times=times)
    return made


def page(client, **group):
    return client.get(reverse("console:replay", args=[1]), group)


def judge(client, avis, difference="", before=WHERE, after=MISSING):
    given = {"avant": before, "apres": after, "avis": avis, "difference": difference}
    return client.post(reverse("console:judge_change", args=[1]), given)


def test_changes_are_grouped_the_reviewed_ones_first(replay):
    assert [(one.before, one.wordings, one.messages) for one in replays.groups(replay)] == [
        (WHERE, 2, 7),
        ("greet", 1, 1),
    ]
    replay.differences.filter(before="greet").update(reviewed=True)
    assert [one.before for one in replays.groups(replay)] == ["greet", WHERE]


def test_the_role_read_sees_the_changes_masked_and_in_french(agent, replay):
    reader = agent("read")
    body = page(reader).content.decode()
    assert "Ma facture › Où est ma facture" in body
    body = page(reader, avant=WHERE, apres=MISSING).content.decode()
    assert "camille@example.com" not in body
    assert "ma facture" in body
    assert "Moins bien" not in body, "who reads judges nothing"
    assert page(reader, avant="x", apres="y").status_code == 200
    assert reader.get(reverse("console:replay", args=[2])).status_code == 404


def test_a_page_costs_the_same_with_more_changes(agent, replay):
    client = agent("manage")

    def queries(**group):
        page(client, **group)
        with CaptureQueriesContext(connection) as caught:
            page(client, **group)
        return len(caught)

    before = queries(), queries(avant=WHERE, apres=MISSING)
    turn = Turn.objects.first()
    Difference.objects.bulk_create(
        Difference(
            replay=replay, turn=turn, before=WHERE, after=f"{MISSING}{n % 200}" if n % 2 else MISSING, digest=str(n)
        )
        for n in range(400)
    )
    assert (queries(), queries(avant=WHERE, apres=MISSING)) == before
    assert len(replays.groups(replay)) == replays.GROUPS
    assert len(replays.shown(replay.differences.all())) == replays.SHOWN


def test_a_lead_judges_one_and_then_the_rest_of_a_group(agent, replay):
    manage = agent("manage")
    one, two = replay.differences.filter(before=WHERE)
    assert judge(agent("review"), "worse").status_code == 403
    judge(manage, "worse", str(one.pk))
    judge(manage, "better")
    assert {row.pk: row.judgement for row in replay.differences.all()} == {
        one.pk: "worse", two.pk: "better", replay.differences.get(before="greet").pk: "",
    }  # fmt: skip
    assert replays.judged([replay])[replay.pk] == {
        "replay": replay.pk, "wordings": 3, "open": 1, "better": 1, "worse": 1, "equal": 0,
    }  # fmt: skip
    judge(manage, "", str(one.pk))
    assert replays.judged([replay])[replay.pk]["open"] == 2
    entries = LogEntry.objects.filter(**{f"additional_data__{ACTION_KEY}": "judged"}).values_list(
        "additional_data__count", flat=True
    )
    assert list(entries.order_by("pk")) == [1, 1, 1]


@pytest.mark.parametrize(
    "given",
    [
        {"avis": "best"},
        {"avis": "better", "difference": "x"},
        {"avis": "better", "before": "\0"},
        {"avis": "better", "difference": "٣x"},
    ],
)
def test_a_forged_judgement_changes_nothing(agent, replay, given):
    assert judge(agent("manage"), **given).status_code in (400, 404)
    assert replay.differences.filter(judgement="").count() == 3


def test_a_replay_is_stopped_and_resumed(agent, replay):
    manage = agent("manage")
    Replay.objects.update(state=Replay.State.RUNNING)
    assert manage.post(reverse("console:replay_again", args=[1])).status_code == 302
    assert Replay.objects.get().state == "running", "one at a time"
    manage.post(reverse("console:stop_replay", args=[1]))
    assert Replay.objects.get().state == "cancelled"
    manage.post(reverse("console:replay_again", args=[1]))
    assert Replay.objects.get().state == "queued"


def test_erasing_a_conversation_removes_it_from_the_replay(replay):
    Turn.objects.first().thread.chat.delete()
    assert not replay.differences.exists()


def test_the_versions_page_says_what_is_open_and_when_it_is_to_be_done_again(agent, replay):
    held = {"lines": 9, "live": 9, "candidate": 9, "better": 0, "worse": 0, "p": 1.0, "margin": 0.0, "is_worse": False}
    Version.objects.update(figures={"held_out": held, "corrected": 0, "wrong": []})
    reader = agent("read")
    body = reader.get(reverse("console:versions")).content.decode()
    assert "3 à juger" in body
    assert "3 réponses qui changent sont à juger" in body
    Replay.objects.update(live="b" * 64)
    body = reader.get(reverse("console:versions")).content.decode()
    assert "Un autre modèle est en service" in body
    assert "les conversations n’ont pas été rejouées jusqu’au bout" in body


def test_a_replay_goes_on_with_the_next_worker_and_makes_way_for_a_training(replay, monkeypatch):
    begun = []
    monkeypatch.setattr(worker, "_begun", lambda arguments, row: begun.append(arguments) or Job(row))
    Replay.objects.update(state=Replay.State.RUNNING)
    one = worker.Worker()
    one.start()
    assert Replay.objects.get().state == "queued"
    one.work()
    assert (begun[-1], Replay.objects.get().state) == (["-m", "replay", "1"], "running")
    Version.objects.create(number=2)
    one.work()
    assert Replay.objects.get().state == "queued"
    one.work()
    assert begun[-1][-2:] == ["build_version", "2"]


class Job(worker._Job):
    """A process that runs until it is stopped."""

    def __init__(self, row):
        self.row, self.process = row, self

    def poll(self):
        return None

    def stop(self):
        pass


def test_a_stored_message_without_its_reading_has_no_ranking(replay):
    thread = Turn.objects.first().thread
    Turn.objects.filter(thread=thread).update(confidence=None, intent="ask_invoice")
    befores = [one.before for one in messages_of([thread.pk]) if one.before]
    assert befores
    assert all(before["parse_data"]["question_ranking"] == [] for before in befores)
