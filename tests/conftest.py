"""Fixtures for every kind of test."""

import gc
import os
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client

from bot import runtime_env
from console.computing import worker as computing
from console.models import RecoveryDevice
from console.roles import ROLES
from harness import postgres
from harness.migrated import migrated
from harness.processes import ROOT, Processes, of_make_run, running
from harness.project import yaml_faults

MODEL = ROOT / "models" / "pixmania.tar.gz"
# The folders whose tests start no processes.
PLAIN = ("unit", "data")
# Time limits during an outage (web/settings.py), a third as long, for the processes that tests kill and suspend.
# tests/faults uses the real limits. So do processes that only answer: with short limits, they would send delay notices
# on a busy machine.
SHORT_TIMES = {
    name: str(getattr(settings, name) / 3)
    for name in (
        "CHAT_LEASE_SECONDS", "CHAT_DELAY_NOTICE_SECONDS", "CHAT_MAX_SILENCE_SECONDS", "CHAT_BOT_CHECK_SECONDS",
        "CHAT_BOT_CHECK_TIMEOUT",
    )
}  # fmt: skip
# Fixtures of processes that a test may break.
OWN_PROCESSES = {"isolated_processes", "postgresql_processes"}
# Called before a test imports NumPy, as in the bot's process: idle threads would use the other workers' cores.
runtime_env.configure(threads=1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--topic", help="only the stories and conversations in the files of this name")
    parser.addoption("--slow-browser", type=float, default=1, help="throttle the browser: N times slower")
    parser.addoption("--running", action="store_true", help="use the processes of `make run` instead of new ones")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Report missing requirements once, in one sentence, instead of failing every test with a long error."""
    if hasattr(session.config, "workerinput"):
        return
    faults = [*yaml_faults(), *_topic_faults(session.config.getoption("topic"))]
    if session.config.getoption("running") and of_make_run().health()[0] != 200:
        faults.append(f"{of_make_run().web_url} does not answer: start it with `make run`, then try again.")
    if faults:
        raise pytest.UsageError("\n".join(faults))


def _topic_faults(topic: str | None) -> Iterator[str]:
    """An unknown topic is an error, because it would select no tests."""
    files = [*(ROOT / "tests/stories").glob("*.yml"), *(ROOT / "tests/e2e/conversations").glob("*/*.yml")]
    known = {path.stem.removeprefix("test_") for path in files}
    if topic is not None and topic not in known:
        yield f"There is no topic « {topic} ». Write T= and one of {', '.join(sorted(known))}."


@pytest.fixture(scope="session")
def topic(request: pytest.FixtureRequest) -> str | None:
    return request.config.getoption("topic")


def pytest_collection_finish() -> None:
    """Exclude the loaded modules and tests from garbage collection, because each collection would visit them."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With `--dist loadgroup`: a file whose tests start processes runs on one worker, which starts them once.

    All tests of a kind (e2e, browser) that use the same isolated processes also run on one worker, whatever their file.
    So do those of a subfolder, in the order of its files: they share recorded conversations, and some erase them.
    """
    for item in items:
        if own := OWN_PROCESSES & set(item.fixturenames):
            kind = item.path.relative_to(ROOT / "tests").parts[0]
            item.add_marker(pytest.mark.xdist_group("-".join([*own, kind])))
        elif item.path.parent.name not in PLAIN and not item.get_closest_marker("any_worker"):
            in_folder = item.path.parent.parent.name == "e2e"
            item.add_marker(pytest.mark.xdist_group(item.path.parent.name if in_folder else item.path.name))


@pytest.fixture(scope="session")
def bot(request, tmp_path_factory) -> Iterator[Processes]:
    """The real processes with the demo data, shared by all tests of a worker that only send requests."""
    if request.config.getoption("running"):
        yield of_make_run()
        return
    if not MODEL.exists():
        pytest.skip("no trained model: make train")
    with running(tmp_path_factory.mktemp("processes")) as processes:
        yield processes


@pytest.fixture(scope="session")
def isolated_processes(tmp_path_factory) -> Iterator[Processes]:
    if not MODEL.exists():
        pytest.skip("no trained model: make train")
    with running(tmp_path_factory.mktemp("isolated"), **SHORT_TIMES) as processes:
        yield processes


@pytest.fixture
def isolated_bot(isolated_processes) -> Iterator[Processes]:
    """Separate processes for the tests that kill and suspend them; afterwards, all of them run again."""
    yield isolated_processes
    isolated_processes.heal()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgres.Server]:
    if not postgres.installed():
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    with postgres.stoppable() as server:
        yield server


@pytest.fixture
def postgresql(postgresql_server) -> str:
    """The URL of an empty database."""
    return postgresql_server.new_database()


@pytest.fixture(scope="session")
def postgresql_processes(postgresql_server, tmp_path_factory) -> Iterator[Processes]:
    if not MODEL.exists():
        pytest.skip("no trained model: make train")
    database = postgresql_server.new_database()
    with running(tmp_path_factory.mktemp("postgresql"), database, **SHORT_TIMES) as processes:
        yield processes


@pytest.fixture
def postgresql_bot(postgresql_processes) -> Iterator[Processes]:
    """Like `isolated_bot`, with PostgreSQL."""
    yield postgresql_processes
    postgresql_processes.heal()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, tmp_path_factory) -> None:
    """A database in memory, copied from a migrated one, because migrating takes longer."""
    file = tmp_path_factory.mktemp("database") / "migrated.sqlite3"
    file.write_bytes(migrated())
    with django_db_blocker.unblock(), closing(sqlite3.connect(file)) as empty:
        connection.close()
        connection.settings_dict["NAME"] = "file:memorydb_default?mode=memory&cache=shared"
        connection.ensure_connection()
        empty.backup(connection.connection)


@pytest.fixture(scope="session", autouse=True)
def fast_clients() -> None:
    """Use a fast password hasher, and do not list static files for each test client: no test depends on either."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    RecoveryDevice.HASH_COST = 2
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session", autouse=True)
def patient_pages() -> None:
    """Pages wait longer for the computing process, because a busy machine must not make a test fail."""
    computing.TIMEOUT_SECONDS = 120


@pytest.fixture
def agent(db, settings):
    """Create an agent: agent("review", "lea") is a signed-in client; its user is `.user`."""

    # The second factor has its own tests (tests/unit/test_console_account.py).
    settings.CONSOLE_SECOND_FACTOR = "optional"

    def make(role: str, name: str = "") -> Client:
        client = Client()
        client.user = User.objects.create_user(name or f"agent-{role}", password="une phrase assez longue")
        client.user.groups.set([Group.objects.get(name=ROLES[role])])
        client.force_login(client.user)
        return client

    return make


@pytest.fixture
def sender() -> str:
    """The id of a new conversation."""
    return uuid.uuid4().hex


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """With REQUIRE_ALL=1, a skipped test is a failure."""
    report = yield
    if report.skipped and os.environ.get("REQUIRE_ALL") == "1" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and REQUIRE_ALL=1: {report.longrepr}"
    return report
