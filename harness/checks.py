"""Reports all failures of a data check at once: one line each, with the file and what to change."""

from collections.abc import Iterable

import pytest


def assert_none(faults: Iterable[str]) -> None:
    """Fail with these lines, without a traceback: authors of YAML files need not read test code."""
    found = sorted(set(faults))
    if found:
        pytest.fail("\n".join([f"{len(found)} to put right:", *found]), pytrace=False)
