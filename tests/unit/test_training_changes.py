"""Corrections: proposed, accepted, pulled into the training files, withdrawn; differences to the files are reported."""

import json
import shutil
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from console import bot_data
from console.models import Correction, Turn, Unlearnt
from console.training import training_changes
from console.training.contexts import context_of
from console.training.project_files import as_yaml, differences, pull
from console.training.training_changes import Line, TrainingChanges
from harness.project import read

FILES = ("entities.yml", "follow_ups.yml", "out_of_scope.yml", "refund.yml", "small_talk.yml")


@pytest.fixture(autouse=True)
def lines(tmp_path, monkeypatch):
    """A copy of some training files, to be pulled into."""
    folder = tmp_path / "nlu"
    folder.mkdir()
    for name in FILES:
        shutil.copy(bot_data.NLU / name, folder)
    monkeypatch.setattr(bot_data, "NLU", folder)
    return folder


@pytest.fixture
def say(talk):
    """A function: a message in a conversation that begins with a question about a refund."""
    thread = talk("quand suis-je remboursé")
    at = thread.started_at
    first = {"intent": "ask_refund", "slots": {"question": "ask_refund/delay"}}
    Turn.objects.create(thread=thread, seq=1, at=at, text="quand suis-je remboursé", **first)

    def said(text, later=timedelta(minutes=1)):
        return Turn.objects.create(thread=thread, seq=3, at=at + later, text=text, intent="greet")

    return said


def correct(client, turn, intent="ask_refund/means", **fields):
    return client.post(reverse("console:keep", args=[turn.pk]), {"intention": intent, **fields}).content.decode()


def contents(folder):
    return {path.name: path.read_text() for path in folder.glob("*.yml")}


@pytest.mark.parametrize(
    ("corrected", "after", "file"),
    [
        ("ask_refund", "", "refund.yml"),
        ("ask_refund/who", "", "refund.yml"),
        ("ask_refund/who", "ask_refund/delay", "refund.yml"),
        ("ask_refund/who", "ask_email", "refund.yml"),
        ("out_of_scope", "", "out_of_scope.yml"),
        ("thank", "", "small_talk.yml"),
        ("follow_up/where", "ask_invoice/where", "follow_ups.yml"),
    ],
)
def test_a_line_goes_into_the_block_of_its_question_and_context_and_out_again(lines, corrected, after, file):
    before = contents(lines)
    (line,) = training_changes.lines_of(Correction(intent=corrected, after=after, text="une phrase toute neuve"))
    assert pull(TrainingChanges([line]), lines) == {file: (1, 0)}
    assert pull(TrainingChanges([line]), lines) == {}, "once"
    found = [one for one in read(lines / file)["nlu"] if line.text in bot_data.examples(one)]
    assert [(one["intent"], bot_data.after_of(one)) for one in found] == [(bot_data.question_of(corrected), after)]
    assert pull(TrainingChanges(removed=[line.digest]), lines) == {file: (0, 1)}
    assert contents(lines)[file].rstrip() == before[file].rstrip()


def test_the_same_words_of_another_question_or_context_stay(lines):
    mine = Line("refund.yml", "intent: ask_refund/who", "ask_email", "ah oui")
    others = [
        Line("refund.yml", "intent: ask_refund/who", "", "ah oui"),
        Line("refund.yml", "intent: ask_refund/delay", "ask_email", "ah oui"),
    ]
    pull(TrainingChanges([mine, *others]), lines)
    pull(TrainingChanges(removed=[mine.digest]), lines)
    left = [(q, after) for q, line, after, _ in bot_data._lines(bot_data._version(lines)) if line == "ah oui"]
    assert sorted(left) == [("ask_refund/delay", "ask_email"), ("ask_refund/who", "")]


def test_an_example_of_several_lines_is_not_split(lines):
    """A new line is neither inserted between the parts of a multi-line example nor compared with the first one only."""
    path = lines / "thanks.yml"
    block = "\n  - intent: of_several\n    examples: |\n      - merci\n        et au revoir\n"
    path.write_text(f'version: "3.1"\n\nnlu:{block}')
    line = Line("thanks.yml", "intent: of_several", "", "merci")
    assert pull(TrainingChanges([line]), lines) == {"thanks.yml": (1, 0)}
    assert [one for question, one in bot_data.training_examples() if question == "of_several"] == [
        "merci\n  et au revoir", "merci",
    ]  # fmt: skip
    pull(TrainingChanges(removed=[line.digest]), lines)
    assert path.read_text().endswith(block)


def test_a_correction_keeps_the_context_in_which_the_model_read_it(agent, say):
    turn = say("c'est viré où sinon")
    assert context_of(turn) == "ask_refund/delay"
    correct(agent("manage"), turn)
    (line,) = training_changes.accepted().lines
    assert (line.heading, line.after) == ("intent: ask_refund/means", "ask_refund/delay")
    assert "metadata: {after: ask_refund/delay}" in as_yaml([line])


def test_after_half_an_hour_the_bot_has_forgotten_what_was_said(say):
    assert context_of(say("c'est viré où sinon", later=timedelta(minutes=31))) == ""


@pytest.mark.parametrize(
    ("form", "context"), [("order_form", "ask_email"), ("handover_form", "ask_refund/delay"), ("", "ask_refund/delay")]
)
def test_in_a_form_the_context_is_what_it_asks_for(say, form, context):
    turn = say("et pourquoi faire")
    slots = {"question": "ask_refund/delay", "requested_slot": "email"}
    Turn.objects.filter(thread=turn.thread, seq=1).update(form=form, slots=slots)
    assert context_of(turn) == context


def test_the_role_review_proposes_and_the_role_manage_accepts(agent, say):
    turn, review, manage = say("c'est viré où sinon"), agent("review"), agent("manage", "mia")
    assert "Correction proposée" in correct(review, turn)
    kept = Correction.objects.get()
    accept = reverse("console:accept_correction", args=[kept.pk])
    assert training_changes.accepted().lines == []
    assert review.post(accept).status_code == 403
    assert manage.post(accept).status_code == 302
    assert len(training_changes.accepted().lines) == 1
    kept.refresh_from_db()
    assert kept.accepted_by.username == "mia"
    assert review.post(reverse("console:drop_correction", args=[kept.pk])).status_code == 403
    assert "est acceptée" in correct(review, turn, "ask_refund/who", vu=turn.decisions.last().pk)
    assert Correction.objects.get().intent == "ask_refund/means"


def test_the_project_and_the_corrections_agree_after_a_pull_and_a_command_says_if_not(agent, say, lines, capsys):
    client = agent("manage")
    page = reverse("console:corrections")
    correct(client, say("c'est viré où sinon"))
    with pytest.raises(CommandError, match="lacks changes"):
        call_command("pull_corrections", "--check")
    assert [row["correction"].text for row in client.get(page).context["accepted"]] == ["c'est viré où sinon"]
    call_command("pull_corrections")
    assert "data/nlu/refund.yml: +1 -0" in capsys.readouterr().out
    call_command("pull_corrections", "--check")
    context = client.get(page).context
    assert ([len(context[state]) for state in ("proposed", "accepted", "learnt")]) == [0, 0, 1]
    client.post(reverse("console:drop_correction", args=[Correction.objects.get().pk]))
    assert bot_data.learnt_as("c'est viré où sinon", "ask_refund/delay"), "no press changes a file"
    with pytest.raises(CommandError, match="lacks changes"):
        call_command("pull_corrections", "--check")
    call_command("pull_corrections")
    assert bot_data.learnt_as("c'est viré où sinon", "ask_refund/delay") is None
    call_command("pull_corrections", "--check")


def test_a_checkout_without_the_database_pulls_what_was_downloaded(agent, say, lines, tmp_path):
    client, file = agent("manage"), tmp_path / "corrections.json"
    correct(client, say("c'est viré où sinon"))
    file.write_bytes(client.get(reverse("console:download_corrections")).content)
    Correction.objects.all().delete()
    call_command("pull_corrections", f"--from={file}")
    assert bot_data.learnt_as("c'est viré où sinon", "ask_refund/delay") == "ask_refund/means"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"lines": [{"file": "a"}], "removed": []}', "\x00"])
def test_another_file_is_refused(tmp_path, text):
    file = tmp_path / "corrections.json"
    file.write_text(text)
    with pytest.raises(CommandError, match="Télécharger"):
        call_command("pull_corrections", f"--from={file}")


def test_a_line_that_would_be_several_is_refused():
    line = {"file": "refund.yml", "heading": "intent: x", "after": "", "text": "a\n  - intent: greet"}
    with pytest.raises(ValueError, match="line break"):
        TrainingChanges.from_json({"lines": [line], "removed": []})


def test_training_changes_survive_the_way_through_json():
    found = TrainingChanges([Line("refund.yml", "intent: ask_refund/who", "ask_email", "é « a »")], ["0" * 64])
    assert TrainingChanges.from_json(json.loads(json.dumps(found.as_json()))) == found


def test_an_accepted_correction_that_is_replaced_is_withdrawn(agent, say, lines):
    client, turn = agent("manage"), say("c'est viré où sinon")
    correct(client, turn)
    (old,) = training_changes.accepted().lines
    correct(client, turn, "ask_refund/who", vu=turn.decisions.last().pk)
    found = training_changes.accepted()
    assert [line.heading for line in found.lines] == ["intent: ask_refund/who"]
    assert found.removed == [old.digest]


def test_what_is_corrected_again_is_not_removed(agent, say, lines):
    """A correction that was withdrawn, and accepted again later, is learnt."""
    client, turn = agent("manage"), say("c'est viré où sinon")
    correct(client, turn)
    training_changes.withdraw(Correction.objects.all())
    assert Unlearnt.objects.count() == 1
    correct(client, turn)
    assert training_changes.accepted().removed == []
    call_command("pull_corrections")
    assert bot_data.learnt_as("c'est viré où sinon", "ask_refund/delay") == "ask_refund/means"


def test_marks_of_entities_and_personal_data_do_not_reach_the_lines(agent, say):
    """When it is stored, and again when its lines are generated: a correction may be older than a masking rule."""
    correct(agent("manage"), say("[mon colis](device_family) au 06 12 34 56 78"))
    Correction.objects.update(text="[mon colis](email) de zoe@example.org")
    assert [line.text for line in training_changes.accepted().lines] == ["(mon colis)(email) de client@example.com"]


def test_files_that_agree_are_not_touched(lines):
    before = contents(lines)
    assert differences(TrainingChanges(), lines) == {}
    assert pull(TrainingChanges(removed=["0" * 64]), lines) == {}
    assert contents(lines) == before
