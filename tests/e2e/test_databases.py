"""SQLite and PostgreSQL: the same demo data, locks that hold between processes, and the same chat."""

import json
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from harness.chat_client import ChatClient
from harness.console_client import ConsoleClient
from harness.deployments import Deployment
from harness.faults import switched_off_database
from harness.processes import START_SECONDS, Processes, get_json, wait_for
from harness.project import ROOT

TRY = """
from shop import access
tally = {"NoMatch": 0, "Locked": 0}
for attempt in range(5):
    try:
        access.find_order("conversation", "PX48207264", "guess@example.com")
    except (access.NoMatch, access.Locked) as refused:
        tally[type(refused).__name__] += 1
import json; print(json.dumps(tally))
"""
GUESSERS = 4


@pytest.fixture(params=["sqlite", "postgresql"])
def environment(request, tmp_path):
    url = None if request.param == "sqlite" else request.getfixturevalue("postgresql")
    processes = Processes(tmp_path, url)
    processes.prepare_database()
    return processes.env


def manage(environment, *arguments):
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def output(process):
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out


def test_demo_data_and_locks_across_processes(environment):
    entries = json.loads(output(manage(environment, "demo", "--json")))
    assert len(entries) == 14
    guessers = [manage(environment, "shell", "-v", "0", "-c", TRY) for _ in range(GUESSERS)]
    tallies = [json.loads(output(guesser)) for guesser in guessers]
    assert sum(tally["NoMatch"] for tally in tallies) == 5, tallies
    assert sum(tally["Locked"] for tally in tallies) == 5 * GUESSERS - 5, tallies


@pytest.mark.processes
def test_the_chat_on_postgresql(postgresql_bot):
    chat = ChatClient(postgresql_bot.web_url).open()
    replies = chat.say("où est mon colis PX48207264 camille.durand@example.com")
    assert [reply["card"]["number"] for reply in replies if reply["card"]] == ["PX48207264"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(chat.post, [f"bonjour {number}" for number in range(16)]))
    chat.wait_for_answer(max(answer.json["seq"] for answer in answers))
    said = [message["text"] for message in chat.messages if message["from"] == "customer"]
    assert postgresql_bot.rasa_messages(chat.token.split(":")[0]) == said
    postgresql_bot.kill("web")
    postgresql_bot.start("web")
    postgresql_bot.wait_until_healthy()
    assert chat.say("merci")
    assert chat.call("DELETE", "conversation").status == 204


@pytest.mark.processes
def test_processes_that_start_without_postgresql_become_healthy_by_themselves(postgresql_bot, postgresql_server):
    postgresql_bot.stop()
    with switched_off_database(Deployment(postgresql_bot, postgresql_bot.web_url, database=postgresql_server)):
        started = [postgresql_bot.start(name) for name in postgresql_bot.names]
        wait_for(lambda: all(reports_an_unavailable_store(postgresql_bot)), START_SECONDS)
    postgresql_bot.wait_until_healthy()
    chat = ChatClient(postgresql_bot.web_url).open()
    replies = chat.say("où est mon colis PX48207264 camille.durand@example.com")
    assert [reply["card"]["number"] for reply in replies if reply["card"]] == ["PX48207264"]
    # None of them has ended: an ended process has no command line.
    assert all(Path(f"/proc/{pid}/cmdline").read_bytes() for pid in started)


def reports_an_unavailable_store(processes):
    yield processes.health()[0] == 503
    health = f"{processes.env['RASA_URL']}/webhooks/chat/health"
    yield get_json(health) == (503, {"error": "the tracker store is unavailable"})


def open_connections(processes):
    with psycopg.connect(processes.env["DATABASE_URL"]) as connection:
        count = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        return connection.execute(count).fetchone()[0]


@pytest.mark.processes
def test_pages_and_open_inboxes_keep_no_connection(postgresql_bot):
    """A server allows a hundred connections for all processes, so fifty open inboxes must not keep fifty open."""
    agent = ConsoleClient.signed_in(postgresql_bot, "review")
    before = open_connections(postgresql_bot)
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in agent.cookies)
    stream = urllib.request.Request(f"{agent.web_url}/console/boite/flux", headers={"Cookie": cookies})
    with ExitStack() as streams:
        for _ in range(25):
            streams.enter_context(urllib.request.urlopen(stream, timeout=60))
            assert agent.get("boite/").status == 200
        # The threads that all streams share (chat/db_threads.py) may have opened theirs by now.
        wait_for(lambda: open_connections(postgresql_bot) <= before + 14)
