"""The layers: which package may import which, as in docs/architecture.md, and no cycles."""

import ast
import re
from graphlib import CycleError, TopologicalSorter

import pytest

from harness.checks import assert_none
from harness.project import ROOT

ALL = {"actions", "bench", "bot", "chat", "console", "demo", "harness", "replay", "shop", "tests", "tools", "web"}
MAY_IMPORT = {
    "shop": set(),
    "chat": {
        "shop.clock", "shop.contacts", "shop.database", "shop.formatting", "shop.json_object", "shop.limits",
        "shop.lookup_alarm", "shop.masking", "shop.numbers", "shop.rate_limit", "shop.unicode",
    },
    "bot": {
        "actions", "shop.clock", "shop.json_object", "shop.limits", "shop.masking", "shop.numbers", "shop.said_dates",
        "shop.said_times", "shop.unicode",
    },
    "actions": {"shop", "chat.handover"},
    "web": {"chat", "console"},
    "console": {
        "shop", "chat", "bot.model_checksum", "bot.nlu.context", "bot.nlu.features", "bot.nlu.model", "bot.nlu.nearest",
        "bot.nlu.text",
        "bot.typography", "bot.versions",
    },
    "replay": {"actions", "bot", "console", "shop.clock"},
    "demo": {"shop"},
    "tools": set(),
}  # fmt: skip
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in ALL
    for path in (ROOT / package).rglob("*.py")
}


def imports(path):
    """The names that a file imports, at any level, including imports for types."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module_of(name):
    """The module of an imported name; None if it is not ours."""
    return next((found for found in (name, name.rpartition(".")[0]) if found in MODULES), None)


def assert_no_circle(graph):
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as fault:
        circle = " ← ".join(fault.args[1])
        pytest.fail(f"{circle}: move what they share into a module that imports none of them")


def test_packages_import_only_what_they_may():
    assert_none(
        f"{path.relative_to(ROOT)} imports {name}: docs/architecture.md does not allow it"
        for package, allowed in MAY_IMPORT.items()
        for path in (ROOT / package).rglob("*.py")
        for name in imports(path)
        if name.split(".")[0] in ALL - {package} and not any(f"{name}.".startswith(f"{one}.") for one in allowed)
    )


def test_no_python_modules_import_each_other_in_a_circle():
    graph = {name: {module_of(found) for found in imports(path)} - {None, name} for name, path in MODULES.items()}
    assert_no_circle(graph)


def test_no_modules_of_the_widget_import_each_other_in_a_circle():
    sources = (ROOT / "widget" / "src").glob("*.ts")
    graph = {path.stem: re.findall(r'from "\./([\w-]+)"', path.read_text()) for path in sources}
    assert graph["outbox"], "the pattern finds no imports"
    assert_no_circle(graph)


def test_no_reply_text_in_the_actions():
    """A French sentence in an action would bypass the checks of the replies."""
    for path in (ROOT / "actions").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "utter_message":
                assert not any(keyword.arg == "text" for keyword in node.keywords), f"{path.name} says a text"


def test_the_actions_read_records_at_one_place():
    """shop/records.py filters the values of sellers and feeds; a Django model would expose them unfiltered."""
    assert_none(
        f"{path.relative_to(ROOT)} imports {name}: use shop.records"
        for path in (ROOT / "actions").glob("*.py")
        for name in imports(path)
        if f"{name}.".startswith("shop.models.")
    )
