"""With real models, a replay classifies like the bot, finds each answer that changes, and resumes after a kill; and a
shadow run finds the same in what was just written."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from bot import model_checksum
from harness.chat_client import ChatClient
from harness.models import with_other_bias
from harness.processes import ROOT, running, wait_for
from tests.conftest import MODEL

pytestmark = pytest.mark.processes

# Conversations in which the reading depends on what came before: forms, follow-ups, several questions, offers.
SAID = [
    [
        "bonjour",
        "où est mon colis ?",
        "oui",
        "PX48207264",
        "c'est pour quoi faire ?",
        "camille.durand@example.com",
        "merci",
    ],
    ["je veux me rétracter", "c'est long ?", "et qui paie le retour ?", "je dois faire ça comment", "non"],
    ["où est ma facture et quand serai-je remboursé ?", "c'est long ?", "c'est où ?"],
    # Not « oui », which is a button's title here: pressed buttons are not replayed.
    ["vous vendez des vélos ?", "mon colis est abîmé", "oui bien sûr", "j'ai des photos", "et maintenant ?"],
    ["rien à voir avec ça", "ma facture svp", "au fait, mon mot de passe oublié", "je comprends pas", "stop"],
    ["annuler ma reprise RP10394857", "combien je touche ?", "blorg", "blorg blorg", "un conseiller"],
    ["c quoi votre mail", "bon d'accord", "pour la facture, je la vois pas", "PX48207264 camille.durand@example.com"],
]
MESSAGES = sum(map(len, SAID))
# For each stored message: what the replay classifies and decides, and what the bot classified and replied.
READ = """
import json
from bot import versions
from console.models import Turn
from replay.comparison import _answer
from replay.stored_messages import messages_of, threads
from replay.classification import Before, Pipeline, remember_texts
remember_texts()
kept = messages_of(threads().values_list("pk", flat=True))
befores = [Before(one.slots, one.form, one.said, one.several) for one in kept]
turns = Turn.objects.in_bulk([one.turn for one in kept])
parsed = Pipeline(*versions.to_load(None), {}).read([one.text for one in kept], befores)
for one, read in zip(kept, parsed, strict=True):
    turn = turns[one.turn]
    print(json.dumps({"text": one.text, "read": [read["intent"]["name"], read["question"]], "form": turn.form,
        "was": [turn.intent, turn.question], "answer": _answer(one, read), "said": [r["name"] for r in turn.replies]}))
"""
# Kills the process after the third stored batch, as if the machine had failed.
KILLED = """
import os, signal, django
django.setup()
from console.models import Replay
from replay import runner
runner.BATCH, store = 1, runner._store
def store_three(replay, *given):
    stored = store(replay, *given)
    if Replay.objects.get(pk=replay.pk).conversations == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return stored
runner._store = store_three
runner.run(Replay.objects.get())
"""
# A shadow run that began two hours ago; the customers wrote in its first hour.
ON_TRIAL = """
from datetime import timedelta
from django.db.models import F
from console.models import Replay, Turn, Version
from shop import clock
now = clock.now()
Turn.objects.update(at=F("at") - timedelta(minutes=90))
Replay.objects.create(version=Version.objects.get(), kind="shadow", state="running", read_to=now - timedelta(hours=2),
    until=now + timedelta(days=3))
"""
FOUND = (
    """SELECT text, "before", after, judgement FROM console_difference JOIN console_turn ON turn_id = console_turn.id"""
)


@pytest.fixture(scope="module")
def talked(tmp_path_factory):
    """Separate processes, whose stores contain only these conversations."""
    if not MODEL.exists():
        pytest.skip("no trained model: make train")
    with running(tmp_path_factory.mktemp("replay")) as processes:

        def talk(texts):
            customer = ChatClient(processes.web_url).open()
            for text in texts:
                customer.say(text)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(talk, SAID))
        wait_for(lambda: sql(processes, "SELECT count(*) FROM console_turn"), equal_to=[(MESSAGES,)])
        yield processes


@pytest.fixture(scope="module")
def candidate(talked, tmp_path_factory):
    """A version in a separate folder, which classifies every « where » question about an invoice as « missing »."""
    folder = tmp_path_factory.mktemp("models")
    for file in (MODEL, model_checksum.checksum_path(MODEL)):
        shutil.copy(file, folder)
    (folder / "versions").mkdir()
    with_other_bias(folder / MODEL.name, folder / "versions" / "new", takes_where_for_missing)
    sha256 = model_checksum.digest(folder / "versions" / "new")
    (folder / "versions" / "new").rename(folder / "versions" / f"{sha256}.tar.gz")
    corrected = "Turn.objects.get(text='ma facture svp')"
    shell(
        talked,
        f"""
from console.models import Correction, Replay, Turn, Version
Replay.objects.create(version=Version.objects.create(number=1, state="ready", sha256="{sha256}"))
Correction.objects.create(turn={corrected}, text="x", plain="x", intent="ask_invoice/missing")
""",
    )
    return talked.env | {"MODEL": str(folder / MODEL.name)}


def takes_where_for_missing(questions, first, bias):
    bias[first + questions.index("ask_invoice/missing")] += 50


def sql(processes, query):
    with closing(sqlite3.connect(processes.folder / "pixmania.sqlite3")) as database:
        return database.execute(query).fetchall()


def shell(processes, code):
    return processes.manage("shell", "--no-imports", "-c", code).strip()


def test_stored_messages_are_classified_and_answered_as_by_the_bot(talked):
    rows = [json.loads(line) for line in shell(talked, READ).splitlines() if line.startswith("{")]
    assert len(rows) == MESSAGES
    for row in rows:
        assert row["read"][0] == row["was"][0], row
        # A message that only gives information has no question.
        assert row["was"][1] in (row["read"][1], row["read"][0]), row
        named = {*row["said"], *(name.removeprefix("utter_") for name in row["said"])}
        decided = {one for one in row["answer"].split(" + ") if not one.startswith("action_")}
        assert row["form"] or decided <= {*named, "order_form", "damage_form"}, row


def test_a_replay_that_was_killed_goes_on_and_finds_every_answer_that_changes(talked, candidate):
    env = candidate | {"DJANGO_SETTINGS_MODULE": "web.settings"}
    killed = subprocess.Popen([sys.executable, "-c", KILLED], cwd=ROOT, env=env, start_new_session=True)
    assert killed.wait() == -signal.SIGKILL
    assert sql(talked, "SELECT conversations FROM console_replay") == [(3,)]
    wait_for(lambda: not group_lives(killed.pid))
    subprocess.run([sys.executable, "-m", "replay", "1"], cwd=ROOT, env=candidate, check=True)
    counted = sql(talked, "SELECT state, conversations, messages FROM console_replay")
    assert counted == [("done", len(SAID), MESSAGES)]
    changed = {text: change for text, *change in sql(talked, FOUND)}
    assert changed["ma facture svp"] == ["ask_invoice/where", "ask_invoice/missing", "better"], "the correction says so"
    assert changed["où est ma facture et quand serai-je remboursé ?"] == [
        "ask_invoice/where + ask_refund/delay", "ask_invoice/missing + ask_refund/delay", "",
    ]  # fmt: skip
    assert not set(changed) & {"où est mon colis ?", "et qui paie le retour ?", "oui", "PX48207264"}


def test_a_shadow_run_finds_the_same_changes_in_new_messages(talked, candidate):
    shell(talked, ON_TRIAL)
    shadow = "FROM console_replay WHERE kind = 'shadow'"
    for _ in range(2):
        subprocess.run([sys.executable, "-m", "replay", "1", "--shadow"], cwd=ROOT, env=candidate, check=True)
        assert sql(talked, f"SELECT state, messages {shadow}") == [("listening", MESSAGES)]
        shell(talked, "from console.models import Replay; Replay.objects.filter(kind='shadow').update(state='running')")
    in_trial = f"{FOUND} WHERE replay_id = (SELECT id {shadow})"
    changed = {text: change for text, *change in sql(talked, in_trial)}
    assert changed["ma facture svp"] == ["ask_invoice/where", "ask_invoice/missing", "better"]
    assert changed["où est ma facture et quand serai-je remboursé ?"][1] == "ask_invoice/missing + ask_refund/delay"
    assert "où est mon colis ?" not in changed


def group_lives(pid):
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    return True
