"""The shop on SQLite and on PostgreSQL: the same demo data, and locks that hold when several processes try at once."""

import json
import os
import subprocess
import sys

import pytest

from tests import postgres
from tests.project import ROOT

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
    if request.param == "sqlite":
        yield os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path / 'shop.sqlite3'}"}
        return
    if not postgres.installed():
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    with postgres.server() as url:
        yield os.environ | {"DATABASE_URL": url}


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
    output(manage(environment, "migrate", "--verbosity", "0"))
    entries = json.loads(output(manage(environment, "demo", "--load", "--json")))
    assert len(entries) == 14
    guessers = [manage(environment, "shell", "-v", "0", "-c", TRY) for _ in range(GUESSERS)]
    tallies = [json.loads(output(guesser)) for guesser in guessers]
    assert sum(tally["NoMatch"] for tally in tallies) == 5, tallies
    assert sum(tally["Locked"] for tally in tallies) == 5 * GUESSERS - 5, tallies
