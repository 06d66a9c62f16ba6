"""TLS and time-out parameters in DATABASE_URL and RASA_DATABASE_URL reach every client, and override ours."""

import json
import os
import subprocess
import sys
from functools import cache

import pytest
from sqlalchemy import event

from bot import database
from harness.project import ROOT

pytestmark = pytest.mark.slow

SERVER = "postgresql://bot:secret@db.example:6432/shop"
SAID = "sslmode=verify-full&sslrootcert=/ca.pem&connect_timeout=9&keepalives_idle=60&options=-c%20search_path%3Dshop"
TCP_KEEPALIVE = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 8000}
SHOW = """
import json
from django.db import connections
from chat import pg_notify
told = {"default": connections["default"].get_connection_params()}
print(json.dumps(told | {"news": pg_notify.address()}, default=lambda value: None))
"""


class Seen(Exception):
    """Raised with the arguments for psycopg2."""


def of_rasa(url):
    def connecting(dialect, record, arguments, parameters):
        raise Seen(parameters)

    engine = database.connect(url)
    event.listen(engine, "do_connect", connecting)
    with pytest.raises(Seen) as seen:
        engine.connect()
    return seen.value.args[0]


@cache
def given(url, *command):
    """The libpq parameters of each connection."""
    environment = os.environ | {"DATABASE_URL": url, "RASA_DATABASE_URL": url}
    arguments = [sys.executable, "-c", f"import django; django.setup()\n{SHOW}", *command]
    environment["DJANGO_SETTINGS_MODULE"] = "web.settings"
    shown = subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return json.loads(shown.stdout) | {"bot": of_rasa(url)}


def test_parameters_of_the_url_reach_every_client_and_win():
    for name, parameters in given(f"{SERVER}?{SAID}").items():
        assert parameters["sslmode"] == "verify-full", name
        assert parameters["sslrootcert"] == "/ca.pem", name
        assert [int(parameters[which]) for which in ("connect_timeout", "keepalives_idle")] == [9, 60], name
        assert parameters["tcp_user_timeout"] == 8000, name
        assert parameters["options"].endswith("-c search_path=shop"), name


def test_the_urls_options_are_appended_to_ours():
    found = given(f"{SERVER}?{SAID}")
    ours = {name for name, parameters in found.items() if "-c statement_timeout=5000 " in parameters["options"]}
    assert ours == found.keys()
    assert "-c statement_timeout=0 " in given(f"{SERVER}?{SAID}", "migrate")["default"]["options"]


def test_every_client_times_out_if_the_host_is_unreachable():
    for name, parameters in given(SERVER).items():
        assert TCP_KEEPALIVE.items() <= parameters.items(), name
        assert parameters["connect_timeout"] == 3, name


def test_a_hanging_process_loses_its_row_locks_soon_except_a_migration():
    held = "-c idle_in_transaction_session_timeout=10000"
    assert all(held in parameters["options"] for parameters in given(SERVER).values())
    assert held not in given(SERVER, "migrate")["default"]["options"]


def test_the_notification_listener_uses_the_same_connection_parameters():
    news = given(f"{SERVER}?{SAID}")["news"]
    where = {"host": "db.example", "port": 6432, "user": "bot", "password": "secret", "dbname": "shop"}
    assert where.items() <= news.items()
    assert not {"cursor_factory", "context", "prepare_threshold"} & set(news)
