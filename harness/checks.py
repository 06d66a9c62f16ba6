"""How a check of the data fails: with all it found at once, each a line that names the file and the cure."""

from collections.abc import Iterable

import pytest


def assert_none(faults: Iterable[str]) -> None:
    """Without a traceback: whoever edits a YAML file needs the sentences, not the test's code."""
    found = sorted(set(faults))
    if found:
        pytest.fail("\n".join([f"{len(found)} to put right:", *found]), pytrace=False)
