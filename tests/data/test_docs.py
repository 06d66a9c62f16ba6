"""What may be set is written down: the widget's attributes, the environment's variables."""

import re

from harness.project import ROOT


def test_every_attribute_of_the_widget_is_documented():
    used = set(re.findall(r"data\.(\w+)", (ROOT / "widget/src/settings.ts").read_text()))
    documented = set(re.findall(r"^\| `data-(\w+)`", (ROOT / "docs/chat.md").read_text(), re.MULTILINE))
    assert used == documented


def test_every_setting_from_the_environment_is_explained():
    folders = ("bot", "actions", "console/sync")
    sources = [ROOT / "web/settings.py", *(path for folder in folders for path in (ROOT / folder).glob("*.py"))]
    read = {
        name
        for path in sources
        for name in re.findall(r'(?:environ(?:\.get)?[\[(]|_secret\()"(\w+)"', path.read_text())
    }
    # Where the processes listen, and what is set by ourselves for a library.
    hosts_and_ports = {f"{kind}_{what}" for kind in ("WEB", "RASA", "ACTIONS", "SYNC") for what in ("HOST", "PORT")}
    explained = set(re.findall(r"^(?:# )?([A-Z_0-9]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert read - hosts_and_ports - {"LOG_LEVEL"} <= explained


def test_every_dependency_says_why_it_is_there():
    text = (ROOT / "docs/architecture.md").read_text()
    for name in ("requirements.in", "requirements-dev.in"):
        for line in (ROOT / name).read_text().splitlines():
            package = re.match(r"[\w-]+", line)
            if package and not line.startswith(("#", "-", "types-")):
                assert re.search(rf"\b{package.group()}\b", text), (
                    f"docs/architecture.md does not say why {package.group()}"
                )


def test_every_file_that_the_docs_name_is_there():
    for path in (ROOT / "docs").glob("*.md"):
        for name in re.findall(
            r"`((?:actions|bot|chat|console|shop|tests|web|bench|data)/[\w/.-]+\.\w+)`", path.read_text()
        ):
            assert (ROOT / name).exists(), f"{path.name} speaks of {name}"


def test_every_test_that_a_threat_names_is_there():
    named = re.findall(r"`(tests/[\w/.-]+\.py)(?:::(\w+))?`", (ROOT / "docs/security.md").read_text())
    assert len(named) > 40
    for path, name in named:
        assert (ROOT / path).exists(), path
        assert not name or re.search(rf"^def {name}\(", (ROOT / path).read_text(), re.MULTILINE), f"{path}::{name}"


def test_every_threat_names_the_test_that_shows_what_stands_against_it():
    threats = re.findall(r"^\| (?!threat|---)(.+) \|$", (ROOT / "docs/security.md").read_text(), re.MULTILINE)
    assert threats
    for threat in threats:
        assert re.search(r"`tests/[\w/.-]+::\w+`", threat.rsplit(" | ", 1)[1]), threat
