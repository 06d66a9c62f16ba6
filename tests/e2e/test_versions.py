"""A version from a correction to production: trained, evaluated, loaded by a running bot, and rolled back."""

import gzip
import json
import os
import shutil
import urllib.error
import urllib.request
import uuid

import pytest

from bot import model_checksum, versions
from chat import conversations
from console import bot_data
from console.indexing.indexer import index_all
from console.models import AddedQuestion, Correction, Rollout, Thread, Turn, Version
from console.training.training_changes import Answer
from console.versions import evaluation
from console.versions.building import build
from console.versions.rollout import roll_out
from harness.chat_client import ChatClient
from harness.processes import START_SECONDS, get_json, wait_for
from shop import clock
from tests.conftest import MODEL

pytestmark = pytest.mark.processes

# A few lines, because training all takes minutes. They include those of the training's smoke test (bot/train.py).
LINES = {
    "where_is_parcel/where": ["où est mon colis", "mon colis est où", "où est le colis", "il est où mon colis"],
    "ask_invoice/where": ["je voudrais ma facture", "où est ma facture", "je cherche ma facture", "ma facture svp"],
    "greet": ["bonjour", "bonjour à vous", "bonjour bonjour", "bonjour tout le monde"],
    "out_of_scope/shop": ["vous avez un code promo", "un code promo svp", "avez-vous des promos", "code promo ?"],
    "inform": [
        "ma commande [PX48201973](order_number)",
        "[PX48201937](order_number)",
        "c'est la [PX48201973](order_number)",
    ],
}
FILES = {"where_is_parcel": "parcel", "ask_invoice": "invoice", "greet": "small_talk", "out_of_scope": "out_of_scope"}
GIFT = Answer(
    "ask_invoice/carte_cadeau", "Carte cadeau perdue", ["Demandez à un conseiller pour la carte.", "Voyez-le."], []
)
TAUGHT = "le papier qui dit combien jai raqué"
DIALOGUES = """dialogues:
- id: Z01
  kind: small
  turns:
  - {user: "où est mon colis", expect: {must_contain_any: [["colis", "commande"]]}}
- id: Z02
  kind: small
  turns:
  - {user: "je veux annuler ma commande", expect: {must_contain_any: [["annul"]], must_not_contain: ["colis"]}}
"""
GOLDEN = """- name: an invoice
  turns:
    - {user: "je voudrais ma facture", bot: ["compte client"]}
- name: a refund, which the candidate never learnt
  turns:
    - {user: "quand vais-je être remboursé ?", bot: ["30 jours"]}
"""


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A separate folder of models, with the installed one."""
    folder = tmp_path_factory.mktemp("models")
    for file in (MODEL, model_checksum.checksum_path(MODEL)):
        shutil.copy(file, folder)
    return folder


@pytest.fixture
def folder(models, monkeypatch):
    """That folder, without versions."""
    # A relative path, like the default.
    monkeypatch.setenv("MODEL", os.path.relpath(models / MODEL.name))
    shutil.rmtree(versions.folder(), ignore_errors=True)
    versions.folder().mkdir()
    return models


@pytest.fixture(scope="module")
def started(isolated_processes, models):
    """The bot, started with that folder."""
    isolated_processes.kill("bot")
    start(isolated_processes, models)
    yield isolated_processes
    isolated_processes.heal()


@pytest.fixture
def bot(started, folder, settings):
    """The same, with the installed model in service."""
    if served(started) != versions.installed():
        started.kill("bot")
        start(started, folder)
    settings.RASA_URLS = [started.env["RASA_URL"]]
    return started


def start(processes, folder):
    processes.start("bot", MODEL=str(folder / MODEL.name))
    wait_for(lambda: processes.health()[0], START_SECONDS, equal_to=200)


def another_version(number, replies=None):
    """A copy of the installed model with another hash, because bytes are appended to the file; perhaps with replies."""
    file = versions.folder() / "new.tar.gz"
    file.write_bytes(MODEL.read_bytes() + gzip.compress(f"version {number}".encode()))
    if replies:
        versions.add_replies(file, replies)
    return kept(number, file)


def kept(number, file):
    sha256 = model_checksum.digest(file)
    file.rename(versions.path_of(sha256))
    return Version.objects.create(number=number, sha256=sha256, state=Version.State.READY)


def miniature(folder):
    """Files like those of data/nlu/."""
    folder.mkdir()
    shutil.copy(bot_data.NLU / "entities.yml", folder)
    for question, lines in LINES.items():
        block = f"  - intent: {question}\n    examples: |\n" + "".join(f"      - {line}\n" for line in lines)
        name = FILES.get(question.partition("/")[0], "numbers")
        (folder / f"{name}.yml").write_text(f'version: "3.1"\n\nnlu:\n{block}')
    return folder


def written(path, text):
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path.parent


def rolled_out(version):
    rollout = Rollout.objects.create(version=version)
    roll_out(rollout)
    return rollout


def served(processes):
    return get_json(f"{processes.env['RASA_URL']}/webhooks/chat/health")[1]["model"]


def test_a_running_bot_loads_a_version_and_rolls_it_back_during_a_conversation(db, bot, folder):
    """The version brings the answers that the team added."""
    version, installed = another_version(1, {GIFT.reply: GIFT.variations}), versions.installed()
    payload = f'/ask_invoice{{"question": "{GIFT.question.partition("/")[2]}"}}'
    assert "compte client" in pressed(bot, payload), "unknown yet: the topic's first question"
    customer = ChatClient(bot.web_url).open()
    customer.say("pouvez-vous regarder ma commande ?")
    assert rolled_out(version).state == Rollout.State.DONE
    assert served(bot) == version.sha256
    assert GIFT.wordings[0] in pressed(bot, payload)
    assert "e-mail" in customer.say("PX48207264")[0]["text"], "the form of the turn before goes on"
    bot.kill("bot")
    start(bot, folder)
    assert served(bot) == version.sha256, "also after a restart"
    assert GIFT.wordings[0] in pressed(bot, payload), "also after a restart"
    assert rolled_out(None).state == Rollout.State.DONE
    assert served(bot) == installed
    assert customer.say("merci")


def pressed(processes, payload):
    """The text that answers a button in a new conversation."""
    headers = {"Authorization": f"Bearer {processes.env['BOT_SECRET']}", "Content-Type": "application/json"}
    body = {"conversation": uuid.uuid4().hex, "message_id": uuid.uuid4().hex, "payload": payload}
    address = f"{processes.env['RASA_URL']}/webhooks/chat/messages"
    with urllib.request.urlopen(urllib.request.Request(address, json.dumps(body).encode(), headers)) as answer:
        return " ".join(reply["text"] for reply in json.load(answer)["replies"])


@pytest.mark.parametrize("content", [b"", b"not an archive"])
def test_a_process_that_cannot_load_a_version_keeps_the_one_before_and_says_so(db, bot, content):
    file = versions.folder() / "broken"
    file.write_bytes(content)
    before = served(bot)
    rollout = rolled_out(kept(1, file))
    assert rollout.state == Rollout.State.FAILED
    assert "garde l’ancienne" in rollout.problem
    assert (served(bot), versions.live()) == (before, None)
    assert ChatClient(bot.web_url).open().say("où est mon colis ?")


def test_if_a_process_does_not_answer_the_previous_ones_are_rolled_back(db, bot, settings):
    version, before = another_version(1), served(bot)
    settings.RASA_URLS = [*settings.RASA_URLS, "http://127.0.0.1:9"]
    rollout = rolled_out(version)
    assert rollout.state == Rollout.State.FAILED
    assert "ne répond pas" in rollout.problem
    assert (served(bot), versions.live()) == (before, None)


@pytest.mark.parametrize(
    ("body", "status"), [({"sha256": "../../etc/passwd"}, 400), ({}, 400), ({"sha256": "0" * 64}, 409)]
)
def test_only_a_version_of_the_folder_is_loaded_and_only_for_whom_knows_the_secret(bot, body, status, settings):
    address = f"{bot.env['RASA_URL']}/webhooks/chat/model"
    for secret, expected in ((settings.BOT_SECRET, status), ("x" * 40, 401)):
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(urllib.request.Request(address, json.dumps(body).encode(), headers))
        assert refusal.value.code == expected


def test_a_candidate_is_trained_on_the_teams_changes_evaluated_and_answers(db, bot, folder, tmp_path, monkeypatch):
    few = miniature(tmp_path / "nlu")
    monkeypatch.setattr(bot_data, "NLU", few)
    monkeypatch.setattr(bot_data, "DIALOGUES", written(tmp_path / "dialogues" / "z.yml", DIALOGUES))
    monkeypatch.setattr(bot_data, "GOLDEN", written(tmp_path / "golden" / "happy" / "z.yml", GOLDEN).parent)
    opened = conversations.open_conversation("192.0.2.1")
    conversations.post_text(opened.pk, uuid.uuid4(), TAUGHT)
    index_all()
    thread = Thread.objects.get()
    turn = Turn.objects.create(thread=thread, seq=1, at=thread.started_at, text=TAUGHT, intent="out_of_scope")
    taught = {"text": TAUGHT, "plain": TAUGHT, "intent": "ask_invoice/where"}
    Correction.objects.create(turn=turn, accepted_at=clock.now(), **taught)
    Correction.objects.create(turn=turn, entity="x", text="proposed only", plain="y", intent="greet")
    asked = [f"ma carte cadeau {word} est perdue" for word in ("verte", "bleue", "rouge", "noire")]
    AddedQuestion.objects.create(name=GIFT.question, title=GIFT.title, wordings=GIFT.wordings, lines=asked)
    version = Version.objects.create(number=1, state=Version.State.TRAINING)
    before = {path: path.read_bytes() for path in few.glob("*.yml")}
    build(version)
    version.refresh_from_db()
    assert (version.state, version.step) == (Version.State.READY, "")
    assert version.figures["corrected"] == 1 + len(asked)
    assert version.figures["wrong"] == [], "it reads what it was taught"
    held = version.figures["held_out"]
    assert held["lines"] == len(evaluation.held_out_lines())
    assert held["is_worse"], "some topics against all"
    led = version.figures["dialogues"]
    assert (led["lines"], led["live"], led["candidate"], led["worse"]) == (2, 2, 1, 1)
    assert led["all_turns"] == 2
    played = version.figures["golden"]
    assert (played["conversations"], played["right"]) == (2, 1)
    assert [one["said"] for one in played["changes"]] == ["quand vais-je être remboursé ?"]
    assert "30" in played["changes"][0]["before"]
    assert version.figures["facts"]["wrong"] == []
    assert len(version.lines) == 1 + len(asked) + 1
    assert model_checksum.digest(versions.path_of(version.sha256)) == version.sha256
    assert {path: path.read_bytes() for path in few.glob("*.yml")} == before, "the project's files stay"
    assert [path.name for path in versions.folder().iterdir()] == [f"{version.sha256}.tar.gz"]
    rolled_out(version)
    assert ChatClient(bot.web_url).open().say("ma carte cadeau jaune est perdue")[0]["text"] == GIFT.wordings[0]


def test_a_training_that_fails_says_why(db, folder, tmp_path, monkeypatch):
    few = tmp_path / "nlu"
    few.mkdir()
    (few / "invoice.yml").write_text(
        'version: "3.1"\nnlu:\n  - intent: ask_invoice/where\n    examples: |\n      - ma facture\n'
    )
    monkeypatch.setattr(bot_data, "NLU", few)
    version = Version.objects.create(number=1, state=Version.State.TRAINING)
    build(version)
    version.refresh_from_db()
    assert version.state == Version.State.FAILED
    assert "a échoué" in version.step
    assert list(versions.folder().iterdir()) == []
