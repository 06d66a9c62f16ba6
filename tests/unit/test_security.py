"""Threats of docs/security.md that no other file tests: secrets, locks, and outgoing data."""

import json
import os
import re
import stat
import subprocess
import sys

import pytest

from harness.project import ROOT, read
from tools.env import SECRETS, merged

EXAMPLE = (ROOT / ".env.example").read_text()


def run(*command, **environment):
    """A process with these variables, which override .env."""
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize("value", ["", "changeme", "x" * 31])
@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("SECRET_KEY", ["manage.py", "check"]),
        ("BOT_SECRET", ["manage.py", "check"]),
        ("BOT_SECRET", ["-c", "import bot.channel"]),
    ],
)
def test_no_process_starts_with_a_secret_that_is_missing_or_short(name, command, value):
    ended = run(*command, **{name: value})
    assert ended.returncode
    assert f"{name} is not set, or shorter than 32 characters: `make .env`" in ended.stderr
    assert not value or value not in ended.stderr


def test_the_bots_process_does_not_see_the_web_process_s_secret():
    ended = run(
        "-c", "import actions, os; assert 'SECRET_KEY' not in os.environ", DJANGO_SETTINGS_MODULE="web.settings_bot"
    )
    assert ended.returncode == 0, ended.stderr


def test_each_installation_has_secrets_of_its_own():
    first, second = (dict(re.findall(r"^(\w+)=(.*)$", merged(EXAMPLE, ""), re.MULTILINE)) for _ in range(2))
    for name in SECRETS:
        assert re.search(rf"^{name}=$", EXAMPLE, re.MULTILINE), "the example's own would be everybody's"
        assert len(first[name]) > 60
        assert first[name] != second[name]
    assert len({first[name] for name in SECRETS}) == len(SECRETS)


def test_a_secret_that_is_set_stays_and_nobody_else_reads_the_file():
    assert "BOT_SECRET=kept\\1" in merged(EXAMPLE, "BOT_SECRET=kept\\1\n")
    assert not stat.S_IMODE((ROOT / ".env").stat().st_mode) & 0o077


def test_behind_tls_cookies_travel_by_tls_alone():
    show = "from django.conf import settings as s; print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.DEBUG)"
    ended = run("manage.py", "shell", "--no-imports", "-c", show, PUBLIC_ORIGIN="https://chat.shop.example")
    assert ended.stdout.split() == ["True", "True", "False"], ended.stderr


def test_rasa_tells_its_maker_nothing():
    """By default, Rasa reports usage and errors to its maker."""
    ask = (
        "from bot import runtime_env; runtime_env.configure(); "
        "from rasa import telemetry; print(telemetry.is_telemetry_enabled())"
    )
    environment = {name: value for name, value in os.environ.items() if name != "RASA_TELEMETRY_ENABLED"}
    ended = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert ended.stdout.split() == ["False"], ended.stderr


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("requirements/*.lock")) + sorted(ROOT.glob("deploy/**/*.lock")), ids=str
)
def test_every_package_is_locked_by_its_hash_and_no_registry_is_named(path):
    text = path.read_text()
    pieces = re.split(r"\n(?=[\w.-]+(?:\[[\w,-]+\])?==)", text)
    assert all("--hash=sha256:" in piece for piece in pieces)
    assert not re.search(r"https?:|^--(?:extra-)?index|^--find-links", text, re.MULTILINE)


@pytest.mark.parametrize("folder", ["widget", "console/assets"])
def test_every_npm_package_is_locked_by_its_hash_and_no_registry_is_named(folder):
    packages = json.loads((ROOT / folder / "package-lock.json").read_text())["packages"]
    named = {name: package for name, package in packages.items() if name}
    assert named
    assert all(package["integrity"].startswith("sha512-") for package in named.values())
    assert not any("resolved" in package for package in named.values())


def test_a_deployment_has_the_private_channel_alone():
    """The development channel `rest` requires no secret."""
    assert list(read(ROOT / "deploy" / "credentials.yml")) == ["bot.channel.ChatChannel"]
    copied = re.findall(
        r"^COPY (\S*credentials\S*) \./$", (ROOT / "deploy/images/bot.Dockerfile").read_text(), re.MULTILINE
    )
    assert copied == ["deploy/credentials.yml"]
    unit = (ROOT / "deploy/systemd/pixmania-bot@.service").read_text()
    assert re.search(r"^BindReadOnlyPaths=\S+/deploy/credentials.yml:\S+/credentials.yml$", unit, re.MULTILINE)
