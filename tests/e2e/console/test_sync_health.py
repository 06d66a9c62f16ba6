"""The worker's health page: true before the first pass, after it, while a database is away, and while a pass hangs."""

import json
import re
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing

import pytest
import sqlalchemy

from harness import postgres, signals
from harness.chat_client import ChatClient
from harness.faults import locked_file
from harness.processes import ROOT, Processes, get_json, wait_for

pytestmark = pytest.mark.processes

# Of Rasa's table, which the bot makes, what the worker reads.
CREATE = "CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id TEXT, type_name TEXT, timestamp FLOAT, data TEXT)"
INSERT = "INSERT INTO events VALUES (:id, :sender, 'user', :at, :data)"
# So many that the first pass takes some seconds.
BACKLOG = 600
# As the chat does (web/settings.py).
LONGEST_WAIT_SECONDS = 4
# The page waits for nobody; on a busy machine its thread waits for its turn.
ANSWER_SECONDS = 5


@pytest.fixture
def alone(tmp_path):
    """A worker to be started, without a bot that would make Rasa's store."""
    yield from migrated(Processes(tmp_path))


@pytest.fixture
def server():
    if not postgres.installed():
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    with postgres.stoppable() as one:
        yield one


@pytest.fixture
def on_postgresql(tmp_path, server):
    yield from migrated(Processes(tmp_path, server.url))


def migrated(processes):
    processes.manage("migrate", "--verbosity", "0")
    try:
        yield processes
    finally:
        processes.stop()


def make_store(processes, messages=0):
    """Rasa's store, with so many conversations of one message each."""
    said = {"at": time.time(), "data": json.dumps({"event": "user", "text": "bonjour", "parse_data": {}})}
    engine = sqlalchemy.create_engine(processes.env["RASA_DATABASE_URL"])
    with engine.begin() as store:
        store.execute(sqlalchemy.text(CREATE))
        for number in range(1, messages + 1):
            store.execute(sqlalchemy.text(INSERT), said | {"id": number, "sender": f"somebody-{number}"})
    engine.dispose()


def page(processes):
    """(status, what is wrong)"""
    begun = time.monotonic()
    status, said = get_json(f"{processes.sync_url}/healthz")
    assert time.monotonic() - begun < ANSWER_SECONDS
    if status == 200:
        assert said == {"status": "ok"}
        return status, ""
    return status, said["error"] if status else ""


def is_green(processes):
    return page(processes)[0] == 200


def is_red(processes, wrong):
    status, said = page(processes)
    return status == 503 and wrong in said


def figure(processes, name):
    with urllib.request.urlopen(f"{processes.sync_url}/metrics", timeout=ANSWER_SECONDS) as answer:
        return float(re.search(rf"^{name} (\S+)$", answer.read().decode(), re.MULTILINE)[1])


def test_red_until_rasas_store_is_there_and_whenever_the_consoles_is_locked(alone):
    alone.start("sync")
    wait_for(lambda: is_red(alone, "a database is away (OperationalError)"))
    assert figure(alone, "sync_passes_total") == 0
    make_store(alone)
    wait_for(lambda: is_green(alone))
    with locked_file(alone.folder / "pixmania.sqlite3"):
        wait_for(lambda: is_red(alone, "a database is away (OperationalError)"))
        wait_for(lambda: figure(alone, "sync_behind_seconds") > 5)
    wait_for(lambda: is_green(alone))
    wait_for(lambda: figure(alone, "sync_behind_seconds") < 5)


def test_a_first_pass_over_a_backlog_is_green_while_it_gets_on(alone):
    make_store(alone, BACKLOG)
    alone.start("sync")
    wait_for(lambda: is_green(alone))
    assert figure(alone, "sync_passes_total") == 0
    while figure(alone, "sync_passes_total") == 0:
        assert is_green(alone)
    assert figure(alone, "sync_conversations_copied_total") == BACKLOG


def test_who_writes_waits_for_no_backlog(alone):
    """SQLite lets one write at a time, and who waits looks again only now and then."""
    make_store(alone, BACKLOG)
    alone.start("sync")
    wait_for(lambda: is_green(alone))
    with closing(sqlite3.connect(alone.folder / "pixmania.sqlite3", timeout=LONGEST_WAIT_SECONDS)) as file:
        while figure(alone, "sync_passes_total") == 0:
            with file:
                file.execute("UPDATE chat_conversation SET comment = ''")


def test_a_pass_that_hangs_is_told_and_so_is_a_server_that_is_switched_off(on_postgresql, server):
    make_store(on_postgresql)
    on_postgresql.start("sync")
    wait_for(lambda: is_green(on_postgresql))
    with signals.frozen(server.pids):
        wait_for(lambda: is_red(on_postgresql, "the pass hangs"))
    wait_for(lambda: is_green(on_postgresql))
    server.stop()
    try:
        wait_for(lambda: is_red(on_postgresql, "a database is away"))
    finally:
        server.start()
    wait_for(lambda: is_green(on_postgresql))


def test_its_figures_count_what_was_said(bot):
    wait_for(lambda: is_green(bot))
    passes = figure(bot, "sync_passes_total")
    copied = figure(bot, "sync_conversations_copied_total")
    ChatClient(bot.web_url).open().say("où est mon colis ?")
    wait_for(lambda: figure(bot, "sync_conversations_copied_total") > copied)
    wait_for(lambda: figure(bot, "sync_passes_total") > passes)
    assert figure(bot, "sync_behind_seconds") < 60
    assert figure(bot, "process_resident_memory_bytes") > 0


def test_a_port_that_is_taken_ends_who_follows_with_one_line_and_nobody_else(alone):
    make_store(alone)
    with socket.create_server(("127.0.0.1", int(alone.ports["sync"]))):
        follows = sync(alone, "--follow")
        once = sync(alone)
    assert (follows.returncode, follows.stdout, len(follows.stderr.splitlines())) == (1, "", 1)
    assert f"127.0.0.1:{alone.ports['sync']}: Address already in use" in follows.stderr
    assert (once.returncode, once.stdout, once.stderr) == (0, "", "")


def test_a_number_that_is_no_port_ends_who_follows_with_one_line(alone):
    alone.env["SYNC_PORT"] = "70000"
    follows = sync(alone, "--follow")
    assert (follows.returncode, follows.stdout, len(follows.stderr.splitlines())) == (1, "", 1)
    assert "127.0.0.1:70000: no port" in follows.stderr


def sync(processes, *arguments):
    command = [sys.executable, "manage.py", "sync_conversations", *arguments]
    return subprocess.run(command, cwd=ROOT, env=processes.env, capture_output=True, text=True, timeout=60)
