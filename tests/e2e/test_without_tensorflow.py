"""The commands of Rasa where TensorFlow is not installed (tools/rasa_without_tensorflow.py), on a small project.

`rasa test core` runs in tests/stories/test_stories.py.
"""

import importlib
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from rasa.shared.exceptions import RasaException

from harness.project import ROOT
from tools.rasa_without_tensorflow import COMPONENTS

CONFIG = """
recipe: default.v1
language: fr
pipeline:
  - name: bot.nlu.cleaner.TextCleaner
  - name: RegexEntityExtractor
  - name: bot.nlu.entity_deduplicator.EntityDeduplicator
  - name: bot.nlu.question_classifier.QuestionClassifier
policies:
  - name: RulePolicy
"""
DATA = """
version: "3.1"
intents: [greet, goodbye]
responses:
  utter_greet: [{text: Bonjour}]
  utter_goodbye: [{text: Au revoir}]
nlu:
  - {intent: greet, examples: "- bonjour\\n- bonjour à vous\\n- bonjour à tous\\n"}
  - {intent: goodbye, examples: "- au revoir\\n- au revoir à vous\\n- au revoir à tous\\n"}
rules:
  - {rule: greet, steps: [{intent: greet}, {action: utter_greet}]}
  - {rule: goodbye, steps: [{intent: goodbye}, {action: utter_goodbye}]}
"""


def rasa(folder: Path, *arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false"}
    command = [str(Path(sys.executable).with_name("rasa")), *arguments]
    return subprocess.run(command, cwd=folder, env=environment, input=said, capture_output=True, text=True)


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    for name, text in {"config.yml": CONFIG, "domain.yml": DATA, "data.yml": DATA}.items():
        (folder / name).write_text(text)
    trained = rasa(folder, "train", "--data", "data.yml")
    assert trained.returncode == 0, trained.stderr
    return folder


def test_tensorflow_is_not_installed():
    assert not find_spec("tensorflow")


@pytest.mark.parametrize(
    ("command", "said", "answer"),
    [
        (["data", "validate", "--data", "data.yml", "--fail-on-warnings"], "", "No story structure conflicts found"),
        (["test", "nlu", "--no-plot", "--nlu", "data.yml"], "", "Every intent was predicted correctly"),
        (["shell", "nlu"], "bonjour\n", '"name": "greet"'),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else "",
)
def test_a_command_of_rasa_works(project, command, said, answer):
    ended = rasa(project, *command, said=said)
    assert ended.returncode == 0, ended.stderr
    assert answer in ended.stdout + ended.stderr


def test_a_component_that_needs_tensorflow_says_so_in_one_sentence(project):
    (project / "other.yml").write_text(CONFIG.replace("RegexEntityExtractor", "DIETClassifier"))
    ended = rasa(project, "train", "--config", "other.yml", "--data", "data.yml")
    assert ended.returncode == 1
    assert "DIETClassifier needs TensorFlow, which is not installed here. `make tensorflow` builds" in ended.stdout
    assert "Traceback" not in ended.stdout + ended.stderr


@pytest.mark.parametrize(("module", "component"), COMPONENTS.items())
def test_no_such_component_can_be_trained_or_loaded(module, component):
    placeholder = getattr(importlib.import_module(module), component)
    for refused in (placeholder.required_packages, placeholder.create):
        with pytest.raises(RasaException, match=f"{component} needs TensorFlow"):
            refused()
