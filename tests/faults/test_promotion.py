"""A version is put into service, rolled back and put into service again while 20 customers write.

Each message has exactly one answer, from a model that was in service.
"""

import pytest

from harness import nginx, postgres
from harness.delivery_stats import all_answered
from harness.deployments import several_processes
from harness.promotion import STEPS, model_in, promoted
from harness.slo import EXPECTED_NOTICES
from tests.conftest import MODEL

pytestmark = pytest.mark.processes


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    if not MODEL.exists():
        pytest.skip("no trained model: make train")
    if not (postgres.installed() and nginx.installed()):
        pytest.skip("PostgreSQL or nginx is not installed (Debian: postgresql, nginx)")
    for name, value in model_in(tmp_path).items():
        monkeypatch.setenv(name, value)
    with several_processes(tmp_path) as deployment:
        yield deployment


def test_no_message_is_lost_while_a_version_is_put_into_service_and_rolled_back(cluster):
    found = promoted(cluster)
    print(found)  # shown with `pytest -rP`
    assert found.delivery == all_answered(found.delivery.acknowledged)
    assert found.notices <= EXPECTED_NOTICES
    seconds = {step.name: step.seconds for step in found.steps}
    assert list(seconds) == list(STEPS)
    assert seconds["back"] < 60
