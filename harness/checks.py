"""Reports all failures of a data check together, each as a line with the file and the cure."""

from collections.abc import Iterable

import pytest


def assert_none(faults: Iterable[str]) -> None:
    """Without a traceback: an author of YAML files needs these lines, not the test's code."""
    found = sorted(set(faults))
    if found:
        pytest.fail("\n".join([f"{len(found)} to put right:", *found]), pytrace=False)
