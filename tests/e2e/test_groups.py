"""How pytest-xdist distributes the tests."""

from tests.conftest import PLAIN


def test_a_file_with_processes_stays_on_one_worker(request):
    """pytest-xdist writes the group into a test's id. Without groups, every worker starts every file's processes."""
    if not request.config.getoption("loadgroup", False):
        return  # this run distributes nothing
    ours = [item for item in request.session.items if item.path.parent.name not in PLAIN]
    assert not {item.path.name for item in ours if "@" not in item.nodeid.rpartition("]")[2]}
