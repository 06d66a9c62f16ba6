"""Rasa runs the test stories of every topic with the trained model: classification, and the rule that applies."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from harness.checks import assert_none
from harness.project import read
from tests.conftest import MODEL, ROOT

FOLDER = Path(__file__).parent


def test_rasa_finds_every_file():
    """Rasa skips a file without the prefix `test_`, and reports success if it ran no stories."""
    files = sorted(path.name for path in FOLDER.rglob("*.yml"))
    assert files, "tests/stories/ holds no file"
    assert_none(f"tests/stories/{name}: call it test_{name}" for name in files if not name.startswith("test_"))


@pytest.mark.skipif(not MODEL.exists(), reason="no trained model: make train")
def test_every_story_passes(topic, tmp_path):
    stories = FOLDER / f"test_{topic}.yml" if topic else FOLDER
    written = sum(len(read(path)["stories"]) for path in ([stories] if topic else FOLDER.rglob("*.yml")))
    # Run as a module, because the script may not be on the PATH. The exit code is 0 even if stories fail, so its report
    # is checked.
    command = ["-m", "rasa", "test", "core", "--e2e", "--no-plot", "--model", MODEL]
    command += ["--stories", stories, "--out", tmp_path]
    run = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True)
    failed = (tmp_path / "failed_test_stories.yml").read_text()
    if "None of the test stories failed" not in failed:
        pytest.fail(failed, pytrace=False)
    ran = json.loads((tmp_path / "story_report.json").read_text())["conversation_accuracy"]["total"]
    assert ran == written > 0, f"{ran} of {written} stories ran\n{run.stdout[-2000:]}"
