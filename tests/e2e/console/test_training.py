"""Corrections: refused or stored, exported into the topic files, trained on; and a conversation as a test story."""

import json
import re
import shutil
import subprocess
import sys

import pytest
import yaml
from django.core.management import call_command
from django.urls import reverse

from console import bot_data
from console.models import Correction, Verdict
from console.training.corrections import Refused, checked_line
from harness.processes import free_port
from harness.project import ROOT, heldout_lines
from tests.conftest import MODEL
from tests.e2e.console.conftest import CAMILLE, TALKS

pytestmark = pytest.mark.processes

OFF_TOPIC = TALKS["off_topic"][0]


@pytest.fixture
def lines(tmp_path, monkeypatch):
    """A copy of some training files, for the export to write to."""
    folder = tmp_path / "nlu"
    folder.mkdir()
    for name in ("entities", "invoice", "out_of_scope", "refund", "support"):
        shutil.copy(bot_data.NLU / f"{name}.yml", folder)
    monkeypatch.setattr(bot_data, "NLU", folder)
    return folder


def turn_of(thread):
    return thread.turns.first()


def correct(client, thread, intent="ask_invoice", step="keep", **fields):
    address = reverse(f"console:{step}", args=[turn_of(thread).pk])
    return client.post(address, {"intention": intent, **fields}).content.decode()


def changed(folder):
    """{file: (added lines, removed lines)} compared with the project's own files."""
    found = {}
    for path in folder.glob("*.yml"):
        old = (ROOT / "data" / "nlu" / path.name).read_text().splitlines()
        new = path.read_text().splitlines()
        if old != new:
            found[path.name] = ([one for one in new if one not in old], len(old) - len(new))
    return found


def test_a_correction_is_seen_kept_pulled_and_taken_back(agent, threads, lines):
    client = agent("manage")
    seen = correct(client, threads["off_topic"], step="preview")
    assert f"« {OFF_TOPIC} »" in seen.replace("\u00a0", " ")
    assert "Ma facture › Où est ma facture" in seen
    assert not Correction.objects.exists(), "a preview keeps nothing"
    assert "Corrigé" in correct(client, threads["off_topic"])
    body = client.get(reverse("console:corrections")).content.decode()
    assert OFF_TOPIC in body
    assert "intent: ask_invoice/where" in body, "the topic's first question"
    assert changed(lines) == {}, "no press changes a file of the project"
    call_command("pull_corrections")
    assert changed(lines) == {"invoice.yml": ([f"      - {OFF_TOPIC}"], -1)}
    yaml.safe_load((lines / "invoice.yml").read_text())
    client.post(reverse("console:drop_correction", args=[Correction.objects.get().pk]))
    assert not Correction.objects.exists()
    call_command("pull_corrections")
    assert changed(lines) == {}


def test_the_choices_are_questions_with_the_bots_runners_up_first(agent, threads):
    turn = turn_of(threads["invoice"])
    assert turn.question == "ask_invoice/where"
    form = agent("review").get(reverse("console:correct", args=[turn.pk])).content.decode()
    choices = re.findall(r'<option value="([^"=]+)"', form)
    assert set(choices) >= set(bot_data.trained_questions())
    quick = re.findall(r'<button name="intention" value="([^"]+)"', form)
    assert quick == list(dict.fromkeys([*(one["name"] for one in turn.ranking[:2]), "out_of_scope/other"]))


def test_a_second_correction_replaces_the_first(agent, threads, lines):
    client = agent("review")
    correct(client, threads["off_topic"], "ask_invoice")
    correct(client, threads["off_topic"], "ask_refund")
    assert [one.intent for one in Correction.objects.all()] == ["ask_refund"]


def test_refused_corrections():
    trained = bot_data.training_lines()[0][1]
    for text, intent, why in (
        (trained, "ask_invoice", "déjà apprise"),
        (trained.upper() + " !!", "ask_invoice", "déjà apprise"),
        (heldout_lines("heldout")[0][1], "ask_invoice", "juger le bot"),
        ("/look_up", "ask_invoice", "bouton"),
        ("une phrase", "no_such_intent", "fichier"),
        ("   ", "ask_invoice", "rien à apprendre"),
    ):
        with pytest.raises(Refused, match=why):
            checked_line(text, intent)


def test_the_same_line_is_not_corrected_twice(agent, threads, lines):
    client = agent("review")
    correct(client, threads["off_topic"])
    turn = turn_of(threads["lost"])
    turn.text = OFF_TOPIC.upper()
    turn.save()
    assert "déjà corrigée" in correct(client, threads["lost"], "ask_refund")


def test_no_personal_data_is_learnt(agent, threads, lines):
    correct(agent("manage"), threads["personal"], "contact_support")
    call_command("pull_corrections")
    ((came, _),) = changed(lines).values()
    line = " ".join(came)
    assert "je m'appelle Dupont" in line
    for piece in (CAMILLE, "06 12 34 56 78", "PX48207264", "Durand"):
        assert piece not in line


def test_a_word_of_a_list_is_corrected(agent, threads, lines):
    client = agent("manage")
    turn = turn_of(threads["off_topic"])
    turn.text = "mon fairphone est bloqué"
    turn.save()
    family = next(value for value in bot_data.word_lists()["device_family"])
    correct(client, threads["off_topic"], "", mots="Fairphone", valeur=f"device_family={family}")
    call_command("pull_corrections")
    came, _ = changed(lines)["entities.yml"]
    assert set(came) == {"      - fairphone"}, "in the list, and as its value's synonym"
    assert "fairphone" in bot_data.word_lists()["device_family"][family]


def test_the_blast_radius_shows_the_other_messages_that_would_change(agent, threads, lines):
    """Three other messages are nearly the same: one was judged good, one was corrected like this, one is unknown."""
    others = {"lost": "unsure", "attack": "worse", "password": "better"}
    for number, name in enumerate(others):
        turn = turn_of(threads[name])
        turn.text = f"{OFF_TOPIC} s'il vous plaît {'merci ' * number}"
        turn.intent, turn.entities = "out_of_scope", turn_of(threads["off_topic"]).entities
        turn.save()
    threads["attack"].verdict = Verdict.GOOD
    threads["attack"].save()
    Correction.objects.create(turn=turn_of(threads["password"]), text="x", plain="x", intent="ask_invoice")
    body = correct(agent("review"), threads["off_topic"], step="preview")
    for name, effect in others.items():
        assert f'class="{effect}"' in body
        assert f"/conversations/{threads[name].pk}/" in body
    assert "Hors sujet" in body
    assert "Ma facture" in body


def test_a_word_has_a_radius_too_and_french_words(agent, threads, lines):
    """The word « grille-pains » changes all messages that contain it, on any topic."""
    other = turn_of(threads["invoice"])
    other.text = "la facture de mes Grille-Pains"
    other.save()
    value = "device_broken=écran cassé"
    body = correct(agent("review"), threads["off_topic"], "", "preview", mots="grille-pains", valeur=value)
    assert "appareil hors d’usage\u00a0: écran cassé" in body
    assert f"/conversations/{threads['invoice'].pk}/" in body
    assert "rien → appareil hors d’usage" in body
    assert "device_broken" not in re.sub(r'value="[^"]*"', "", body)


def test_a_group_is_learnt_after_its_effect_was_seen(agent, threads, lines):
    """The role « review » proposes one correction per message. Lines that may not be learnt are listed and left out."""
    turns = [turn_of(threads[name]) for name in ("lost", "attack", "off_topic")]
    for turn, text in zip(turns, ("g pas la fature", "fature du grille-pain svp", "/look_up"), strict=True):
        turn.text, turn.unanswered = text, True
        turn.save()
    client, address = agent("review"), reverse("console:sort_unanswered")
    posted = {"action": "apprendre", "intention": "ask_invoice/where", "message": [turn.pk for turn in turns]}
    seen = client.post(address, posted).content.decode()
    assert "fature du grille-pain svp" in seen
    assert "Un bouton n’est pas une phrase" in seen
    assert re.search(r"messages récents|autre message récent", seen), "its radius"
    assert not Correction.objects.exists(), "a preview keeps nothing"
    client.post(address, posted | {"garder": "1"})
    kept = Correction.objects.values_list("turn", "intent", "accepted_at")
    assert set(kept) == {(turn.pk, "ask_invoice/where", None) for turn in turns[:2]}
    client.post(address, posted | {"action": "hors_sujet", "garder": "1"})
    assert Correction.objects.count() == 2, "what is corrected is no more in « Incompris »"


def test_conversations_become_test_stories_that_pass(agent, threads, tmp_path):
    client = agent("review")
    folder = tmp_path / "stories"
    folder.mkdir()
    for name in ("invoice", "again", "off_topic", "personal", "parcel"):
        text = client.get(reverse("console:story", args=[threads[name].pk])).content.decode()
        story = yaml.safe_load(text)["stories"][0]
        assert any("user" in step for step in story["steps"]), name
        assert CAMILLE not in text
        (folder / f"test_{name}.yml").write_text(text)
    command = ["-m", "rasa", "test", "core", "--e2e", "--no-plot", "--model", str(MODEL), "--stories", str(folder)]
    run = subprocess.run(
        [sys.executable, *command, "--out", str(tmp_path / "out")], cwd=ROOT, capture_output=True, text=True
    )
    failed = (tmp_path / "out" / "failed_test_stories.yml").read_text()
    assert "None of the test stories failed" in failed, failed + run.stdout[-1000:]
    report = json.loads((tmp_path / "out" / "story_report.json").read_text())
    assert report["conversation_accuracy"]["total"] == 5


def test_erasing_a_conversation_takes_its_lines_out_of_the_training_data(agent, threads, lines, bot, settings):
    """The real bot erases its events first. The next pull removes the line, in any checkout."""
    client = agent("manage")
    correct(client, threads["off_topic"])
    correct(client, threads["lost"], "ask_refund")
    call_command("pull_corrections")
    assert set(changed(lines)) == {"invoice.yml", "refund.yml"}
    settings.RASA_URLS = [f"http://127.0.0.1:{free_port()}"]
    refused = client.post(reverse("console:erase_thread", args=[threads["off_topic"].pk]))
    assert "recommencez" in refused.content.decode()
    assert Correction.objects.count() == 2, "the bot is asked before anything is deleted"
    settings.RASA_URLS = [bot.env["RASA_URL"]]
    answer = client.post(reverse("console:erase_thread", args=[threads["off_topic"].pk]))
    receipt = client.get(answer["Location"]).content.decode()
    assert "Lignes d’entraînement" in receipt
    assert [one.intent for one in Correction.objects.all()] == ["ask_refund"]
    call_command("pull_corrections")
    assert set(changed(lines)) == {"refund.yml"}
