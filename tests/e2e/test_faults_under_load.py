"""Each fault of tests/faults.py while customers write: no message is lost, answered twice or left without a word."""

import pytest

from chat.sentences import LATE, UNAVAILABLE
from tests import nginx, postgres
from tests.conftest import MODEL
from tests.crowd import NO_CONNECTION, Count
from tests.faults import ON_ONE_MACHINE, ON_SEVERAL_PROCESSES, under_load
from tests.sites import one_machine, several_processes, small_disk_possible

pytestmark = pytest.mark.processes
# The promise is five seconds; these machines are shared.
FIRST_WORD_SECONDS = 10
# The widget speaks for a server that cannot be reached (tests/browser/test_connection.py).
TRUE_WORDS = {LATE, UNAVAILABLE, NO_CONNECTION}


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    if not MODEL.exists():
        pytest.skip("no trained model: make train")
    if not small_disk_possible():
        pytest.skip("only root may mount the small disk that is filled")
    with one_machine(tmp_path_factory.mktemp("machine")) as site:
        yield site


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    if not MODEL.exists():
        pytest.skip("no trained model: make train")
    if not (postgres.installed() and nginx.installed()):
        pytest.skip("PostgreSQL or nginx is not installed (Debian: postgresql, nginx)")
    with several_processes(tmp_path_factory.mktemp("cluster")) as site:
        yield site


def hold_the_promise(site, strike):
    found = under_load(site, strike)
    assert found.count == Count(*[found.count.acknowledged] * 4, lost=0, twice=0)
    assert found.saw <= TRUE_WORDS
    assert found.first_word < FIRST_WORD_SECONDS


@pytest.mark.parametrize("fault", ON_ONE_MACHINE)
def test_on_one_machine(machine, fault):
    hold_the_promise(machine, ON_ONE_MACHINE[fault])


@pytest.mark.parametrize("fault", ON_SEVERAL_PROCESSES)
def test_on_several_processes(cluster, fault):
    hold_the_promise(cluster, ON_SEVERAL_PROCESSES[fault])
