"""Fixtures that every kind of test may ask for."""

import os
import uuid
from collections.abc import Iterator

import pytest
from django.conf import settings

from harness.processes import ROOT, Processes, running
from harness.project import yaml_faults

MODEL = ROOT / "models" / "pixmania.tar.gz"


def pytest_sessionstart(session: pytest.Session) -> None:
    """A YAML file that cannot be read would fail every test that reads it, each with a page of its own."""
    if not hasattr(session.config, "workerinput") and (faults := list(yaml_faults())):
        raise pytest.UsageError("\n".join(faults))


@pytest.fixture(scope="session")
def bot(tmp_path_factory) -> Iterator[Processes]:
    """The real processes over the demo data, once for all tests that only talk to them."""
    if not MODEL.exists():
        pytest.skip("no trained model: make train")
    with running(tmp_path_factory.mktemp("processes")) as processes:
        yield processes


@pytest.fixture(scope="module")
def isolated_bot(tmp_path_factory) -> Iterator[Processes]:
    """Processes for one file's tests, which kill and freeze them."""
    if not MODEL.exists():
        pytest.skip("no trained model: make train")
    with running(tmp_path_factory.mktemp("isolated")) as processes:
        yield processes


@pytest.fixture(scope="session", autouse=True)
def fast_passwords() -> None:
    """A password's hash is slow on purpose; no test here is about the hash."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def sender() -> str:
    """A conversation of its own."""
    return uuid.uuid4().hex


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """With REQUIRE_ALL=1 what cannot run is a failure, not a skip."""
    report = yield
    if report.skipped and os.environ.get("REQUIRE_ALL") == "1" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and REQUIRE_ALL=1: {report.longrepr}"
    return report
