"""deploy/images/: what an image carries, and what it does not."""

import ast
import re
from collections import defaultdict
from importlib.metadata import distributions

import pytest
from django.conf import settings

from harness.checks import assert_none
from harness.deploy_files import DEPLOY, DOCKERFILES
from harness.project import ROOT

# What of our code runs in it, beside the applications that the settings name.
ROOMS = {"web": ["web", "chat", "console", "demo", "shop"], "actions": ["actions", "shop"]}


def packages(lock):
    """{name: version} of a lock file."""
    return dict(re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)", lock.read_text(), re.MULTILINE))


def imports(room):
    for path in (ROOT / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from (alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module.split(".")[0]


def providers():
    """{what is imported: the installed packages that bring it}, also of packages that do not say so themselves."""
    found = defaultdict(set)
    for package in distributions():
        name = re.sub(r"[-_.]+", "-", package.name).lower()
        for top in set(re.findall(r"^[^/,]+", package.read_text("RECORD") or "", re.MULTILINE)):
            found[top.removesuffix(".py")].add(name)
    return found


@pytest.mark.parametrize("image", ROOMS)
def test_an_image_has_what_its_code_imports_in_the_locked_version_and_no_rasa(image):
    locked = packages(DEPLOY / "images" / f"{image}.lock")
    assert locked.items() <= packages(ROOT / "requirements.lock").items()
    assert not {"rasa", "tensorflow", "spacy"} & set(locked)
    needed = {name.split(".")[0] for name in settings.INSTALLED_APPS}
    needed |= {name for room in ROOMS[image] for name in imports(room)}
    provided = providers()
    assert {"django", "auditlog", "holidays"} <= needed & set(provided)
    assert_none(
        f"deploy/images/{image}.in: write the package of {name}, which its code imports"
        for name in needed & set(provided)
        if not provided[name] & set(locked)
    )


def test_an_image_whose_code_reads_the_replies_carries_them():
    """They are no part of the model: an image without them would have nothing to say."""
    for image, room in (("actions", "actions"), ("rasa", "bot"), ("web", "console")):
        read = [path.name for path in (ROOT / room).rglob("*.py") if '"data" / "responses"' in path.read_text()]
        assert read, f"nothing of {room} reads data/responses/"
        copied = re.findall(r"^COPY (\S+) \1$", (DEPLOY / "images" / f"{image}.Dockerfile").read_text(), re.MULTILINE)
        assert {"data/", "data/responses/"} & set(copied), f"{image}.Dockerfile leaves data/responses/ out"


def test_every_file_that_an_image_copies_is_there_and_not_ignored():
    let_in = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    for path in DOCKERFILES:
        for source in re.findall(r"^COPY (?!--from)(\S+) \S+$", path.read_text(), re.MULTILINE):
            assert (ROOT / source).exists(), f"{path.name} copies {source}"
            assert any(f"{source}/".startswith(f"{name}/") or name.startswith(source) for name in let_in), source
