"""deploy/images/: what an image contains, and what it does not."""

import ast
import re
from collections import defaultdict
from importlib.metadata import distributions

import pytest
from django.conf import settings

from harness.checks import assert_none
from harness.deploy_files import DEPLOY, DOCKERFILES
from harness.project import ROOT

pytestmark = pytest.mark.slow

IMAGES = ["web", "bot", "worker"]
# Packages of the web image whose version in runtime.lock has no wheel for its Python.
NEWER_IN_WEB = {"aiohttp", "numpy", "scikit-learn", "scipy"}


def copied(image):
    """The files and folders of the project that it copies."""
    dockerfile = (DEPLOY / "images" / f"{image}.Dockerfile").read_text()
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE)
    return [source for line in lines for source in line.split()]


def modules(image):
    """The Python files in it."""
    sources = [ROOT / source for source in copied(image)]
    return {path for source in sources for path in (source.rglob("*.py") if source.is_dir() else [source])
            if path.suffix == ".py" and not {"tests", "node_modules"} & set(path.relative_to(ROOT).parts)}  # fmt: skip


def imports(path):
    """The modules that a file may import, anywhere in it, except imports for types only."""
    tree = ast.parse(path.read_text())
    for_types = [node for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)]
    unused = {id(node) for block in for_types for node in ast.walk(block)}
    for node in (node for node in ast.walk(tree) if id(node) not in unused):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def ours(name):
    """The file of this module, if it is one of the project."""
    stem = ROOT / name.replace(".", "/")
    return {path for path in (stem.with_suffix(".py"), stem / "__init__.py") if path.exists()}


def packages(lock):
    """{name: version} of a lock file."""
    return dict(re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)", lock.read_text(), re.MULTILINE))


def providers():
    """{module: the installed packages that provide it}, even if the package's metadata does not say so."""
    found = defaultdict(set)
    for package in distributions():
        name = re.sub(r"[-_.]+", "-", package.name).lower()
        for top in set(re.findall(r"^[^/,]+", package.read_text("RECORD") or "", re.MULTILINE)):
            found[top.removesuffix(".py")].add(name)
    return found


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_has_every_module_of_ours_that_its_code_imports(image):
    carried = modules(image)
    assert_none(
        f"deploy/images/{image}.Dockerfile: copy {name}, which {path.relative_to(ROOT)} imports"
        for path in carried
        for name in imports(path)
        if not ours(name) <= carried
    )


def test_the_web_image_has_what_its_code_imports_in_the_locked_version_and_no_rasa():
    """The bot's image has all of the lock."""
    locked = packages(DEPLOY / "images" / "web.lock")
    tested = packages(ROOT / "requirements/runtime.lock")
    assert {name for name in locked.keys() & tested if locked[name] != tested[name]} == NEWER_IN_WEB
    assert not {"rasa", "tensorflow", "spacy"} & set(locked)
    needed = {name.split(".")[0] for name in settings.INSTALLED_APPS}
    needed |= {name.split(".")[0] for path in modules("web") for name in imports(path)}
    provided = providers()
    assert {"django", "auditlog", "holidays"} <= needed & set(provided)
    assert_none(
        f"deploy/images/web.in: write the package of {name}, which its code imports"
        # Only the feature set « lemmas » needs spaCy, and config.yml does not use it.
        for name in needed & set(provided) - {"spacy"}
        if not provided[name] & set(locked)
    )


def test_an_image_whose_code_reads_the_replies_carries_them():
    """The replies are not part of the model, so the image must contain them."""
    for image, package in (("bot", "actions"), ("web", "console")):
        read = [path.name for path in (ROOT / package).rglob("*.py") if '"data" / "responses"' in path.read_text()]
        assert read, f"nothing of {package} reads data/responses/"
        assert {"data/", "data/responses/"} & set(copied(image)), f"{image}.Dockerfile leaves data/responses/ out"


def test_the_web_image_has_the_python_that_its_packages_are_locked_for():
    images = re.findall(r"^FROM python:(\d+\.\d+)", (DEPLOY / "images/web.Dockerfile").read_text(), re.MULTILINE)
    locked_for = re.findall(r"\$\(subst 3\.11,(\d+\.\d+),\$\(LOCK\)\)", (ROOT / "Makefile").read_text())
    assert {*images} == {*locked_for}
    assert len(locked_for) == 1


@pytest.mark.parametrize("image", [path.stem for path in DOCKERFILES])
def test_every_file_that_an_image_copies_is_there_and_not_ignored(image):
    let_in = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert copied(image)
    for source in copied(image):
        assert (ROOT / source).exists(), f"{image}.Dockerfile copies {source}"
        assert any(f"{source}/".startswith(f"{name}/") or name.startswith(source) for name in let_in), source
