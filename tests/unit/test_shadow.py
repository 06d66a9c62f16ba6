"""A version's shadow run: its duration, the messages that it classifies, its end, and its page."""

from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bot import model_checksum, versions
from console.audit import ACTION_KEY
from console.models import Replay, Turn, Version
from console.versions import shadow, worker
from replay import shadow_runner, stored_messages
from replay.comparison import Change
from shop import clock

HELD = {"lines": 9, "live": 9, "candidate": 9, "better": 0, "worse": 0, "p": 1.0, "margin": 0.0, "is_worse": False}
WHERE, MISSING = "ask_invoice/where", "ask_invoice/missing"


@pytest.fixture
def version(db, tmp_path, monkeypatch):
    """Version 1, ready, beside an installed model."""
    monkeypatch.setenv("MODEL", str(tmp_path / "model.tar.gz"))
    monkeypatch.delenv("MODEL_SHA256", raising=False)
    (tmp_path / "new").write_bytes(b"installed")
    model_checksum.install(tmp_path / "new", tmp_path / "model.tar.gz")
    versions.folder().mkdir()
    return ready(1)


def ready(number):
    path = versions.folder() / "new"
    path.write_bytes(b"version %d" % number)
    sha256 = model_checksum.digest(path)
    path.rename(versions.path_of(sha256))
    figures = {"held_out": HELD, "corrected": 0, "wrong": []}
    at = clock.now()
    return Version.objects.create(number=number, state="ready", ended_at=at, sha256=sha256, figures=figures)


@pytest.fixture
def wait(monkeypatch):
    """wait(hours=…): move the clock forward by this time."""
    now = clock.now()

    def later(**duration):
        nonlocal now
        now += timedelta(**duration)

    monkeypatch.setattr(clock, "now", lambda: now)
    return later


@pytest.fixture
def say(talk):
    """say(text, …): a conversation that begins now, indexed by the console."""

    def written(*texts):
        thread = talk(*texts)
        thread.turns.all().delete()
        return [Turn.objects.create(thread=thread, seq=n, at=clock.now(), text=one) for n, one in enumerate(texts, 1)]

    return written


@pytest.fixture
def read(monkeypatch):
    """The messages that the models get. The candidate classifies every « facture » as a missing invoice."""
    found = []

    class Comparison:
        def __init__(self, live, candidate):
            pass

        def changes(self, messages):
            found.append([one.text for one in messages])
            return {
                one.turn: Change(WHERE, MISSING, WHERE, MISSING) for one in messages if one.text.endswith("facture")
            }

    monkeypatch.setattr(shadow_runner, "Comparison", Comparison)
    return found


def run_row(state=None, **fields):
    if state:
        Replay.objects.update(state=state, **fields)
    return Replay.objects.get(kind=Replay.Kind.SHADOW)


def run():
    """Run the shadow run's process if the worker starts it; return whether it did."""
    if not shadow.due().update(state=Replay.State.RUNNING):
        return False
    shadow_runner.run(run_row())
    return True


def press(client, name, number=1):
    return client.post(reverse(f"console:{name}", args=[number]), follow=True)


def test_a_shadow_run_classifies_each_new_message_once_and_in_its_context(version, wait, say, read):
    say("avant l’essai")
    wait(minutes=1)
    shadow.begin_or_extend(version)
    say("bonjour", "ma facture")
    assert not run(), "not before the hour is over"
    wait(hours=1)
    say("dans l’heure suivante")
    assert not run(), "nor before the console has read its messages"
    wait(minutes=6)
    assert run()
    assert read == [["bonjour", "ma facture"]]
    assert (run_row().state, run_row().messages, run_row().changed) == ("listening", 2, 1)
    assert not run()
    wait(hours=1)
    assert run()
    assert read[1:] == [["dans l’heure suivante"]]
    assert [(one.before, one.after, one.turn.text) for one in run_row().differences.all()] == [
        (WHERE, MISSING, "ma facture")
    ]


def test_a_later_message_is_read_in_the_context_of_those_before_the_trial(version, wait, say):
    first, second = say("où est ma facture", "c’est long ?")
    begin = clock.now()
    Turn.objects.filter(pk=first.pk).update(at=begin - timedelta(minutes=2))
    found = stored_messages.messages_between(begin, begin + timedelta(hours=1))
    assert [(one.turn, one.said) for one in found] == [(second.pk, "où est ma facture")]


def test_pressed_buttons_and_the_hour_after_are_not_read(version, wait, say):
    begin = clock.now()
    say("ma facture")
    Turn.objects.update(pressed=True)
    wait(hours=1)
    say("au bord")
    assert stored_messages.messages_between(begin, begin + timedelta(hours=1)) == []


def test_a_shadow_run_ends_after_its_last_part_of_an_hour(version, wait, say, read):
    shadow.begin_or_extend(version)
    wait(minutes=30)
    Replay.objects.update(until=clock.now())
    wait(minutes=-1)
    say("ma facture")
    wait(minutes=7)
    assert run()
    assert (run_row().state, run_row().messages) == ("done", 1)
    wait(days=1)
    assert not run()


def test_after_an_interruption_a_shadow_run_processes_every_missed_hour(version, wait, say, read):
    shadow.begin_or_extend(version)
    begin = clock.now()
    say("ma facture")
    wait(hours=2)
    say("ta facture")
    wait(hours=2, minutes=6)
    assert run()
    assert read == [["ma facture"], ["ta facture"]]
    assert run_row().read_to == begin + timedelta(hours=4)


def test_a_stopped_shadow_run_stores_nothing(version, wait, say, read, monkeypatch):
    shadow.begin_or_extend(version)
    say("ma facture")
    wait(hours=1, minutes=6)
    monkeypatch.setattr(shadow_runner.stored_messages, "messages_between", lambda *_: shadow.stop(version) and [])
    assert run()
    assert (run_row().state, run_row().messages) == ("cancelled", 0)


def test_another_live_model_ends_a_shadow_run(version, wait, say, read):
    shadow.begin_or_extend(version)
    say("ma facture")
    wait(hours=1, minutes=6)
    assert run()
    versions.set_live(ready(2).sha256)
    say("ta facture")
    wait(hours=1)
    assert run()
    assert (run_row().state, run_row().messages, read) == ("cancelled", 1, [["ma facture"]])


def test_with_another_live_model_a_shadow_run_begins_again(version, wait, say, read):
    shadow.begin_or_extend(version)
    say("ma facture")
    wait(hours=1, minutes=6)
    run()
    versions.set_live(ready(2).sha256)
    shadow.begin_or_extend(version)
    assert (run_row().state, run_row().messages, run_row().live) == ("listening", 0, "")
    assert not run_row().differences.exists()
    assert (run_row().read_to, run_row().until) == (clock.now(), clock.now() + timedelta(days=3))


def test_three_more_days_up_to_thirty_and_nothing_of_the_time_between(version, wait):
    shadow.begin_or_extend(version)
    begin = clock.now()
    assert run_row().until == begin + timedelta(days=3)
    shadow.begin_or_extend(version)
    assert run_row().until == begin + timedelta(days=6)
    for _ in range(20):
        shadow.begin_or_extend(version)
    assert run_row().until == begin + timedelta(days=30)
    shadow.stop(version)
    wait(days=40)
    shadow.begin_or_extend(version)
    assert (run_row().read_to, run_row().until) == (clock.now(), clock.now() + timedelta(days=3))


def test_after_a_failure_a_shadow_run_resumes_where_it_was(version, wait, say, read):
    shadow.begin_or_extend(version)
    begin = clock.now()
    say("ma facture")
    wait(hours=5)
    Replay.objects.update(state=Replay.State.FAILED)
    assert not run()
    shadow.begin_or_extend(version)
    assert run_row().until == begin + timedelta(days=6)
    assert run()
    assert read == [["ma facture"]]


def test_the_role_manage_begins_extends_and_stops_a_shadow_run_and_the_journal_records_it(agent, version):
    assert press(agent("review"), "extend_shadow").status_code == 403
    manage = agent("manage")
    page = press(manage, "extend_shadow").content.decode()
    assert "Encore 3\u00a0jours" in page
    assert "Arrêter l’essai" in page
    press(manage, "extend_shadow")
    page = press(manage, "stop_shadow").content.decode()
    assert run_row().state == "cancelled"
    assert "Encore 3\u00a0jours" in page
    actions = LogEntry.objects.filter(additional_data__number=1).order_by("pk")
    assert [one.additional_data[ACTION_KEY] for one in actions] == ["shadowed", "shadowed", "stopped_shadow"]
    assert "essai silencieux" in manage.get(reverse("console:audit")).content.decode()


def test_one_shadow_run_at_a_time_and_none_of_a_live_or_deleted_version(agent, version):
    manage = agent("manage")
    shadow.begin_or_extend(version)
    ready(2)
    assert "La version 1 est déjà à l’essai." in press(manage, "extend_shadow", 2).content.decode()
    shadow.stop(version)
    versions.set_live(version.sha256)
    assert "déjà en service" in press(manage, "extend_shadow").content.decode()
    versions.set_live(None)
    versions.path_of(version.sha256).unlink()
    assert "n’est plus gardé" in press(manage, "extend_shadow").content.decode()
    assert run_row().state == "cancelled"


def test_its_page_shows_the_differences_apart_from_the_replays_and_a_lead_judges_them(agent, version, wait, say, read):
    replay = Replay.objects.create(version=version, state="done", live=versions.installed())
    shadow.begin_or_extend(version)
    say("camille@example.com, ma facture")
    wait(hours=1, minutes=6)
    run()
    manage = agent("manage")
    address = reverse("console:shadow", args=[1])
    body = manage.get(address).content.decode()
    assert "Essai silencieux de la version 1" in body
    assert "Ma facture › Où est ma facture" in body
    group = {"avant": WHERE, "apres": MISSING}
    body = manage.get(address, group).content.decode()
    assert "camille@example.com" not in body
    assert manage.post(reverse("console:judge_shadow", args=[1]), group | {"avis": "better"})["Location"].startswith(
        address
    )
    assert run_row().differences.get().judgement == "better"
    assert not replay.differences.exists()
    assert "1 en mieux" in manage.get(reverse("console:versions")).content.decode()


def test_erasing_a_conversation_removes_it_from_the_shadow_run(version, wait, say, read):
    shadow.begin_or_extend(version)
    say("ma facture")
    wait(hours=1, minutes=6)
    run()
    Turn.objects.get().thread.chat.delete()
    assert not run_row().differences.exists()


def test_the_worker_reads_when_nothing_else_waits_and_goes_on_after_a_restart(version, wait, monkeypatch):
    begun = []
    monkeypatch.setattr(worker, "_begun", lambda arguments, row: begun.append(arguments))
    shadow.begin_or_extend(version)
    one = worker.Worker()
    one.work()
    assert begun == []
    wait(hours=1, minutes=6)
    Replay.objects.create(version=version)
    one.work()
    one.work()
    assert begun == [["-m", "replay", "1"], ["-m", "replay", "1", "--shadow"]]
    assert run_row().state == "running"
    one.start()
    assert run_row().state == "listening"


def test_the_versions_page_costs_the_same_with_trials(agent, version):
    client = agent("read")

    def queries():
        client.get(reverse("console:versions"))
        with CaptureQueriesContext(connection) as caught:
            assert "Voir l’essai" in client.get(reverse("console:versions")).content.decode()
        return len(caught)

    shadow.begin_or_extend(version)
    before = queries()
    for number in (2, 3, 4):
        Replay.objects.create(version=ready(number), kind=Replay.Kind.SHADOW, state="done")
    assert queries() == before
