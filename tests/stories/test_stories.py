"""Runs the test stories of every topic with `rasa test` and the trained model: intents, and the rules' actions."""

import json
import subprocess
import sys

import pytest

from harness.project import ROOT
from tests.conftest import MODEL


@pytest.mark.skipif(not MODEL.exists(), reason="no trained model: make train")
def test_every_story_goes_as_it_is_written(tmp_path):
    command = [
        "rasa",
        "test",
        "core",
        "--e2e",
        "--model",
        str(MODEL),
        "--stories",
        "tests/stories",
        "--out",
        str(tmp_path),
    ]
    # As a module, because the script may not be on the PATH. It exits 0 even with failed stories: read its report.
    run = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    failed = (tmp_path / "failed_test_stories.yml").read_text()
    report = json.loads((tmp_path / "story_report.json").read_text())
    assert "None of the test stories failed" in failed, failed
    assert report["conversation_accuracy"]["total"] >= 40, run.stdout[-2000:]
