"""`make run` itself: supervisord with deploy/local.conf restarts processes that end, and stops all of them."""

import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from bot import model_checksum
from chat.system_messages import FAILED
from harness.chat_client import ChatClient
from harness.processes import ROOT, START_SECONDS, Processes, wait_for
from harness.signals import family, send
from tests.conftest import MODEL
from tools.ports import is_in_use

pytestmark = pytest.mark.processes
# A word that only this program's command line contains.
PROGRAMS = {"web": "web.asgi:application", "bot": "bot", "worker": "version_worker"}
# deploy/local.conf gives each program three seconds to stop.
END_SECONDS = 30


class Supervised(Processes):
    """The processes of `make run`, started only by the supervisor."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.model = folder / "model.tar.gz"
        self.env |= {
            "MODEL": str(self.model),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONWARNINGS": "ignore",
            "PYTHONUNBUFFERED": "1",
        }

    def begin(self) -> None:
        # deploy/local.conf names this folder, which only `make run` would create.
        (ROOT / "var").mkdir(exist_ok=True)
        command = ["supervisord", "-c", "deploy/local.conf", "-u", str(os.getuid())]
        command += ["-j", str(self.folder / "supervisord.pid")]
        with self.log("all").open("ab") as log:
            self.supervisor = subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=log, stderr=log)

    def stop(self) -> None:
        self.supervisor.kill()
        self.supervisor.wait()
        send(self.everyone(), signal.SIGKILL)

    def log(self, name: str) -> Path:
        """One log for all of them."""
        return self.folder / "log"

    def said(self) -> str:
        return self.log("all").read_text()

    def is_ready(self) -> bool:
        assert self.supervisor.poll() is None, self.said()
        return f"Ready: open {self.web_url}/ " in self.said()

    def pids(self) -> dict[str, int]:
        """The running programs and their process ids."""
        lines = {pid: words(Path(f"/proc/{pid}/cmdline")) for pid in family(self.supervisor.pid)[1:]}
        return {name: pid for name, word in PROGRAMS.items() for pid, line in lines.items() if word in line}

    def everyone(self) -> list[int]:
        """All processes with these databases, supervised or orphaned."""
        environments = Path("/proc").glob("[0-9]*/environ")
        database = f"DATABASE_URL={self.env['DATABASE_URL']}"
        return [int(path.parent.name) for path in environments if database in words(path)]

    def install(self, new: Path) -> None:
        """Install the model's file, as a training does."""
        model_checksum.install(Path(shutil.copy(new, self.folder / "new")), self.model)


def words(path):
    """The words of a file in /proc; empty if the process has ended."""
    with suppress(OSError):
        return path.read_text(errors="replace").split("\0")
    return []


@pytest.fixture(scope="module")
def deployment(tmp_path_factory):
    if not MODEL.exists():
        pytest.skip("no trained model: make train")
    supervised = Supervised(tmp_path_factory.mktemp("supervised"))
    supervised.install(MODEL)
    supervised.prepare_database()
    supervised.begin()
    try:
        wait_for(supervised.is_ready, START_SECONDS)
        yield supervised
    finally:
        supervised.stop()


@pytest.fixture
def chat(deployment):
    deployment.wait_until_healthy()
    chat = ChatClient(deployment.web_url).open()
    assert chat.say("bonjour")
    return chat


def answered_once(deployment, chat, seq):
    texts = [reply["text"] for reply in chat.wait_for_answer(seq, START_SECONDS)]
    assert sum("Mon compte" in text for text in texts) == 1, texts
    assert FAILED not in texts
    said = [message["text"] for message in chat.messages if message["from"] == "customer"]
    assert said == deployment.rasa_messages(chat.token.split(":")[0]) == ["bonjour", "où est mon colis ?"]


def test_the_address_is_printed_when_all_processes_are_ready(deployment):
    deployment.wait_until_healthy()
    assert deployment.pids().keys() == PROGRAMS.keys()


def test_all_are_killed_at_once_and_come_back_with_the_pending_answer(deployment, chat):
    killed = deployment.pids()
    seq = chat.post("où est mon colis ?").json["seq"]
    send(killed.values(), signal.SIGKILL)
    wait_for(lambda: deployment.pids().keys() == PROGRAMS.keys() and not killed.items() & deployment.pids().items())
    deployment.wait_until_healthy()
    answered_once(deployment, chat, seq)


def test_a_process_that_is_killed_three_times_in_a_row_is_restarted_each_time(deployment, chat):
    for _ in range(3):
        killed = deployment.pids()["web"]
        send([killed], signal.SIGKILL)
        wait_for(lambda killed=killed: deployment.pids().get("web", killed) != killed)
    deployment.wait_until_healthy()
    answered_once(deployment, chat, chat.post("où est mon colis ?").json["seq"])


def no_archive(path):
    path.write_bytes(b"not a model")


def model_that_reads_nothing(path):
    """A model that can be loaded, but has no weights."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.unpack_archive(MODEL, folder)
        (weights,) = Path(folder).glob("components/*/words.npy")
        np.save(weights, np.ones(1))
        with tarfile.open(path, "w:gz", compresslevel=1) as archive:
            archive.add(folder, "")


# A model that cannot be loaded, and one that fails with the first message.
UNUSABLE = {"ModelNotFound": no_archive, "IndexError": model_that_reads_nothing}


def test_a_model_that_cannot_be_used_is_named_until_the_right_one_is_there(deployment, chat, tmp_path):
    """The model's hash is correct. Rasa alone would keep running without a model."""
    for cause, make in UNUSABLE.items():
        make(tmp_path / cause)
    before, statuses = len(deployment.said()), set()

    def is_named(cause):
        statuses.add(deployment.health()[0])
        return (
            f"{deployment.model} cannot be used: train again, or restore the file. ({cause}: "
            in deployment.said()[before:]
        )

    deployment.install(tmp_path / next(iter(UNUSABLE)))
    send([deployment.pids()["bot"]], signal.SIGKILL)
    seq = chat.post("où est mon colis ?").json["seq"]
    for cause in UNUSABLE:
        deployment.install(tmp_path / cause)
        # The previous start may have begun meanwhile.
        wait_for(lambda cause=cause: is_named(cause), 2 * START_SECONDS)
    assert statuses == {503}
    deployment.install(MODEL)
    deployment.wait_until_healthy()
    answered_once(deployment, chat, seq)
    # One line per start; the other lines are the supervisor's and the web process's.
    lines = [line for line in deployment.said()[before:].splitlines() if "WARN" not in line]
    assert all(line.startswith(str(deployment.model)) for line in lines), lines


def test_stopping_the_supervisor_stops_all_processes(deployment):
    deployment.wait_until_healthy()
    assert len(deployment.everyone()) == 1 + len(PROGRAMS)
    deployment.supervisor.terminate()
    assert deployment.supervisor.wait(END_SECONDS) == 0
    wait_for(lambda: not deployment.everyone())
    assert not any(is_in_use(int(port)) for port in deployment.ports.values())
    assert deployment.said().count("Ready: open") == 1
