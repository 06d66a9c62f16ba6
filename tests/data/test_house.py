"""Who may import whom: the house of docs/architecture.md."""

import ast

import pytest

from harness.project import ROOT

ROOMS = {"actions", "bench", "bot", "chat", "console", "demo", "harness", "shop", "tests", "tools", "web"}
MAY_IMPORT = {
    "shop": set(),
    "chat": {"shop.clock"},
    "bot": set(),
    "actions": {"shop", "chat.handover"},
    "web": {"chat", "demo"},
    "console": {"shop", "chat"},
    "demo": {"shop"},
    "tools": set(),
}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_it_may(room):
    for path in (ROOT / room).rglob("*.py"):
        for name in imports(path):
            other = name.split(".")[0]
            if other in ROOMS and other != room:
                allowed = any(f"{name}.".startswith(f"{door}.") for door in MAY_IMPORT[room])
                assert allowed, f"{path.relative_to(ROOT)} imports {name}"


def test_no_reply_text_in_the_actions():
    """A French sentence in an action would escape the checks of the replies."""
    for path in (ROOT / "actions").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "utter_message":
                assert not any(keyword.arg == "text" for keyword in node.keywords), f"{path.name} says a text"
