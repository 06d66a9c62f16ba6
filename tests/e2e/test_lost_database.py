"""An unreachable PostgreSQL host: connections time out, and customers get a true answer meanwhile."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot import database
from harness.processes import ROOT, Processes, wait_for

# The objective is three seconds; waiting for the database would take 120 here.
TIMEOUT_SECONDS = 20
OPTIONS = ["TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT", "TCP_USER_TIMEOUT"]
GIVEN_UP = [5, 2, 3, 8000]
# The socket options of Django's connection and of the one for notifications.
SHOW = """
import asyncio, django, json, psycopg
django.setup()
from django.db import connections
from chat import pg_notify
from tests.e2e.test_lost_database import set_on

async def notifications():
    async with await psycopg.AsyncConnection.connect(**pg_notify.address()) as line:
        return set_on(line.pgconn.socket)

connections["default"].ensure_connection()
shop = set_on(connections["default"].connection.pgconn.socket)
print(json.dumps({"notifications": asyncio.run(notifications()), "shop": shop}))
"""


def set_on(descriptor):
    with socket.socket(fileno=os.dup(descriptor)) as line:
        return [line.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)) for name in OPTIONS]


def test_every_connection_times_out_if_the_host_is_unreachable(postgresql):
    environment = os.environ | {"DATABASE_URL": postgresql, "RASA_DATABASE_URL": postgresql}
    environment["DJANGO_SETTINGS_MODULE"] = "web.settings"
    shown = subprocess.run([sys.executable, "-c", SHOW], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert shown.returncode == 0, shown.stderr
    engine = database.connect(postgresql)
    with engine.connect() as connection:
        of_rasa = set_on(connection.connection.fileno())
    engine.dispose()
    assert json.loads(shown.stdout) | {"bot": of_rasa} == dict.fromkeys(["notifications", "shop", "bot"], GIVEN_UP)


@pytest.fixture
def silent(tmp_path):
    """A web process whose database accepts connections but never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"postgresql://bot@127.0.0.1:{server.getsockname()[1]}/postgres?connect_timeout=120"
        processes = Processes(tmp_path, url)
        processes.start("web")
        try:
            wait_for(lambda: listens(processes.ports["web"]))
            yield processes
        finally:
            processes.stop()


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(port))) == 0


def timed(call, *arguments):
    began = time.monotonic()
    return call(*arguments), time.monotonic() - began


@pytest.mark.processes
def test_health_pages_report_a_database_that_does_not_answer_without_waiting_for_it(silent):
    with ThreadPoolExecutor(12) as pool:  # more than there are database threads
        pages = [pool.submit(timed, silent.health) for _ in range(12)]
    for (status, said), seconds in (page.result() for page in pages):
        assert (status, said["parts"]["database"]) == (503, "TimeoutError")
        assert seconds < TIMEOUT_SECONDS


def test_orders_are_unavailable_soon_when_their_database_is_silent(silent):
    """The bot's process runs the look-ups itself, so a slow one must not delay other customers."""
    check = "import asyncio\nfrom actions import health\nasyncio.run(health.check())"
    began = time.monotonic()
    command, environment = [sys.executable, "-c", check], silent.env
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as checked:
        told = next(line for line in checked.stderr if line.startswith("actions.health.Unavailable"))
        seconds = time.monotonic() - began
        checked.kill()
    assert told
    assert seconds < TIMEOUT_SECONDS


@pytest.mark.processes
def test_metrics_without_the_database_are_exported_and_the_others_are_absent(bot, silent):
    """Missing metrics raise the right alert. A failing metrics page would raise the alert « web process down »."""
    for processes, of_the_database in (bot, True), (silent, False):
        with urllib.request.urlopen(f"{processes.web_url}/metrics", timeout=TIMEOUT_SECONDS) as page:
            told = page.read().decode()
        assert "\nchat_messages_acknowledged_total " in told
        assert ("\nchat_pending_conversations " in told) is of_the_database
