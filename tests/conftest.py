"""Fixtures for every kind of test."""

import os
import uuid
from collections.abc import Iterator

import pytest
from django.conf import settings

from harness.processes import ROOT, Processes, running
from harness.project import yaml_faults

MODEL = ROOT / "models" / "pixmania.tar.gz"


def pytest_sessionstart(session: pytest.Session) -> None:
    """Report an unreadable YAML file once, instead of a long error in every test that reads it."""
    if not hasattr(session.config, "workerinput") and (faults := list(yaml_faults())):
        raise pytest.UsageError("\n".join(faults))


@pytest.fixture(scope="session")
def bot(tmp_path_factory) -> Iterator[Processes]:
    """The real processes with the demo data, shared by all tests that only send requests."""
    if not MODEL.exists():
        pytest.skip("no trained model: make train")
    with running(tmp_path_factory.mktemp("processes")) as processes:
        yield processes


@pytest.fixture(scope="module")
def isolated_bot(tmp_path_factory) -> Iterator[Processes]:
    """Separate processes for one file's tests, which kill and suspend them."""
    if not MODEL.exists():
        pytest.skip("no trained model: make train")
    with running(tmp_path_factory.mktemp("isolated")) as processes:
        yield processes


@pytest.fixture(scope="session", autouse=True)
def fast_passwords() -> None:
    """Password hashes are slow on purpose, and no test depends on them."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


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
