"""Each fault of harness/faults.py while customers write: no message is lost, answered twice or left without a notice.

Faults of several processes are in tests/faults/test_cluster.py.
"""

import pytest

from harness.deployments import one_machine, small_disk_possible
from harness.faults import ON_ONE_MACHINE
from harness.slo import assert_slo
from tests.conftest import MODEL

# Distributed over the workers: one that has finished its file runs some of these, with its own deployment.
pytestmark = [pytest.mark.processes, pytest.mark.any_worker]


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    if not MODEL.exists():
        pytest.skip("no trained model: make train")
    if not small_disk_possible():
        pytest.skip("the small disk that is filled may not be mounted here: root may, outside of most containers")
    with one_machine(tmp_path_factory.mktemp("machine")) as deployment:
        yield deployment


@pytest.mark.parametrize("fault", ON_ONE_MACHINE)
def test_the_slo_is_met(machine, fault):
    assert_slo(machine, fault)
