"""Versions on several machines: each bot process has its own folder; PostgreSQL has the files and the live version."""

import gzip
import json

import pytest

from bot import model_checksum
from harness import postgres
from harness.chat_client import ChatClient
from harness.processes import START_SECONDS, Processes, get_json, started, wait_for
from tests.conftest import MODEL

pytestmark = pytest.mark.processes

# What the worker does, with its own folder.
KEEP = """
from pathlib import Path
from bot import versions
from console.models import Version
versions.folder().mkdir(exist_ok=True)
versions.store(Path("{file}"), "{sha256}")
Version.objects.create(number={number}, state="ready", sha256="{sha256}")
"""
ROLL_OUT = """
import json
from bot import versions
from console.models import Rollout, Version
from console.versions.rollout import roll_out
one = Rollout.objects.create(version=Version.objects.filter(number={number}).first())
roll_out(one)
print(json.dumps([one.state, one.problem, versions.live()]))
"""
DAMAGE = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("UPDATE console_versionpiece SET content = %s WHERE sha256 = %s AND place = 1", [b"x", "{sha256}"])
"""


@pytest.fixture(scope="module")
def database():
    if not postgres.installed():
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    with postgres.stoppable() as server:
        yield server


@pytest.fixture(scope="module")
def machines(database, tmp_path_factory):
    """Two bot processes and the worker's commands, none of which sees the files of another one."""
    processes = Machines(tmp_path_factory.mktemp("machines"), database.new_database(), copies=2)
    processes.env["VERSIONS"] = str(processes.folder / "worker")
    with started(processes):
        yield processes


class Machines(Processes):
    def start(self, name, **settings):
        """Start the process with its own folder of versions."""
        return super().start(name, **{"VERSIONS": str(self.folder / f"versions-of-{name}")} | settings)


def restart(processes, name):
    processes.kill(name)
    processes.start(name)
    processes.wait_until_healthy()


def health(processes, name):
    return get_json(f"http://127.0.0.1:{processes.ports[name]}/webhooks/chat/health")


def served(processes):
    return [health(processes, name)[1]["model"] for name in ("bot", "bot-2")]


def kept(processes, number):
    """The hash of a new version: the installed model with a few bytes appended, which do not change it."""
    file = processes.folder / "trained"
    file.write_bytes(MODEL.read_bytes() + gzip.compress(f"version {number}".encode()))
    sha256 = model_checksum.digest(file)
    shell(processes, KEEP.format(file=file, sha256=sha256, number=number))
    return sha256


def rolled_out(processes, number):
    return json.loads(shell(processes, ROLL_OUT.format(number=number)).splitlines()[-1])


def shell(processes, code):
    return processes.manage("shell", "--no-imports", "-c", code)


def test_a_version_is_fetched_by_its_hash_and_found_again_after_a_restart(machines):
    installed, sha256 = served(machines)[0], kept(machines, 1)
    assert rolled_out(machines, 1) == ["done", "", sha256]
    assert served(machines) == [sha256] * 2
    assert (machines.folder / "versions-of-bot-2" / f"{sha256}.tar.gz").exists()
    for file in (machines.folder / "versions-of-bot").iterdir():
        file.unlink()
    restart(machines, "bot")
    assert served(machines) == [sha256] * 2, "a new machine asks the database"
    assert ChatClient(machines.web_url).open().say("où est ma facture ?")
    assert rolled_out(machines, 0) == ["done", "", None]
    assert served(machines) == [installed] * 2


def test_a_process_that_cannot_fetch_a_version_keeps_the_one_before_and_the_rollout_stops(machines):
    before, _ = served(machines), kept(machines, 2)
    full = machines.folder / "full"
    full.write_text("no folder")
    machines.kill("bot-2")
    machines.start("bot-2", VERSIONS=str(full))
    machines.wait_until_healthy()
    state, problem, live = rolled_out(machines, 2)
    assert (state, live) == ("failed", None)
    assert machines.ports["bot-2"] in problem
    assert "garde l’ancienne" in problem
    assert served(machines) == before, "also the one that had taken it"
    restart(machines, "bot-2")


def test_a_damaged_file_is_refused(machines):
    before, sha256 = served(machines), kept(machines, 3)
    shell(machines, DAMAGE.format(sha256=sha256))
    state, problem, live = rolled_out(machines, 3)
    assert (state, live) == ("failed", None)
    assert "garde l’ancienne" in problem
    assert served(machines) == before
    assert not list((machines.folder / "versions-of-bot").glob(f"{sha256}*"))


def test_a_bot_that_starts_without_the_database_takes_the_version_when_it_answers(machines, database):
    sha256 = kept(machines, 4)
    rolled_out(machines, 4)
    machines.kill("bot")
    database.stop()
    machines.start("bot")
    wait_for(lambda: health(machines, "bot")[0], START_SECONDS, equal_to=503)
    database.start()
    machines.wait_until_healthy()
    wait_for(lambda: served(machines), equal_to=[sha256] * 2)
