"""Every setting is documented: the widget's attributes and the environment variables."""

import re

from harness.checks import assert_none
from harness.project import ROOT


def test_every_attribute_of_the_widget_is_documented():
    source = ROOT / "widget/src"
    pages = re.search(r"type Page = (.*);", (source / "pages.ts").read_text())
    used = {*re.findall(r"data\.(\w+)", (source / "settings.ts").read_text()), *re.findall(r'"(\w+)"', pages[1])}
    documented = set(re.findall(r"^\| `data-(\w+)`", (ROOT / "docs/chat.md").read_text(), re.MULTILINE))
    assert_none([
        *(f"docs/chat.md: write a row for data-{name}" for name in used - documented),
        *(f"docs/chat.md: delete the row of data-{name}, which the widget does not read" for name in documented - used),
    ])  # fmt: skip


def test_every_setting_from_the_environment_is_explained():
    folders = ("bot", "actions", "web")
    sources = [*(path for folder in folders for path in (ROOT / folder).glob("*.py"))]
    read = {
        name
        for path in sources
        for name in re.findall(r'(?:environ(?:\.get)?[\[(]|\bsecret\()"(\w+)"', path.read_text())
    }
    # Where the processes listen; and what they set themselves.
    hosts_and_ports = {f"{kind}_{what}" for kind in ("WEB", "RASA") for what in ("HOST", "PORT")}
    explained = set(re.findall(r"^(?:# )?([A-Z_0-9]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    set_here = {"LOG_LEVEL", "DJANGO_SETTINGS_MODULE"}
    assert_none(f".env.example: explain {name}" for name in read - hosts_and_ports - set_here - explained)


def test_every_dependency_says_why_it_is_there():
    text = (ROOT / "docs/architecture.md").read_text()
    assert_none(
        f"docs/architecture.md: write why {package} of {path.name} is there"
        for path in (ROOT / "requirements").glob("*.in")
        for package in re.findall(r"^(?!types-)\w[\w-]*", path.read_text(), re.MULTILINE)
        if not re.search(rf"\b{package}\b", text)
    )


def test_every_file_that_the_docs_name_is_there():
    folders = "actions|bench|bot|chat|console|data|demo|deploy|harness|shop|tests|tools|web|widget"
    assert_none(
        f"{path.relative_to(ROOT)}: {name} is not there"
        for path in [ROOT / "README.md", ROOT / "deploy" / "README.md", *(ROOT / "docs").glob("*.md")]
        for name in re.findall(rf"`((?:{folders})/[\w/.-]+\.\w+)`", path.read_text())
        if not (ROOT / name).exists()
    )


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
