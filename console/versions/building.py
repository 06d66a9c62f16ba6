"""Builds a version: trains a model on the project's data and the accepted corrections, and evaluates it.

Runs in a separate process (`manage.py build_version`), which the worker starts, and kills if the version is cancelled.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import transaction

from bot import model_checksum, versions
from console import bot_data
from console.models import Replay, Version
from console.training import training_changes
from console.training.project_files import pull
from console.versions import evaluation
from console.versions.models import load_model, model_id
from shop import clock

ROOT = bot_data.ROOT
# How many of the latest versions keep their file; the version in service always does.
KEPT = 5
# Log line of the training (bot/train.py, bot/nlu/model.py) → the step as the page shows it.
STEPS = {
    "Reading the lines": "lit les phrases et les règles",
    "Computing the features": "calcule ce qui distingue les phrases",
    "Learning": "apprend les sujets et les questions",
    "Trying": "essaie le nouveau modèle",
}


class NotBuilt(Exception):
    """The version could not be built. The message is in French."""


def build(version: Version) -> None:
    """Train and evaluate the version; set its state to the result."""
    try:
        with _workspace() as folder:
            _train(version, folder)
            _evaluate(version)
        version.state, version.step = Version.State.READY, ""
    except NotBuilt as fault:
        version.state, version.step = Version.State.FAILED, str(fault)[:200]
    version.ended_at = clock.now()
    # Save nothing if the version was cancelled meanwhile.
    with transaction.atomic():
        if Version.objects.select_for_update().get(pk=version.pk).state == Version.State.TRAINING:
            version.save()
            if version.state == Version.State.READY:
                Replay.objects.create(version=version)
    _delete_old_files()


def _train(version: Version, folder: Path) -> None:
    found = training_changes.accepted()
    pull(found, folder / "data" / "nlu")
    version.lines = found.digests
    version.data_hash = _hash(folder.rglob("*.yml"))
    version.code_hash = _hash([*(ROOT / "bot" / "nlu").glob("*.py"), ROOT / "bot" / "train.py"])
    version.save()
    model = folder / "models" / "candidate.tar.gz"
    model.parent.mkdir()
    environment = os.environ | {"MODEL": str(model), "PYTHONPATH": str(ROOT)}
    environment.pop("MODEL_SHA256", None)
    command = [sys.executable, "-m", "bot.train"]
    with subprocess.Popen(
        command, cwd=folder, env=environment, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as training:
        assert training.stderr
        last = _follow(version, training.stderr)
    if training.returncode:
        raise NotBuilt(f"L’entraînement a échoué\u00a0: {last}")
    versions.add_replies(model, {one.reply: one.variations for one in found.answers})
    version.sha256, version.model = model_checksum.digest(model), model_id(model)
    versions.store(model, version.sha256)


def _follow(version: Version, lines: Iterable[str]) -> str:
    """Store each step as it is reported; return the last line."""
    last = ""
    for line in lines:
        last = line.strip() or last
        step = next((shown for said, shown in STEPS.items() if line.startswith(said)), None)
        if step and step != version.step:
            _step(version, step)
    return last


def _evaluate(version: Version) -> None:
    _step(version, "compare avec le modèle en service")
    live, candidate = (versions.to_load(sha256) for sha256 in (versions.live(), version.sha256))
    read = evaluation.figures(load_model(*live), load_model(*candidate), training_changes.accepted().lines)
    _step(version, "joue les dialogues et les conversations de référence")
    played = evaluation.played_figures(live, candidate)
    version.figures = read | evaluation.fact_figures(candidate[0]) | played


def _step(version: Version, said: str) -> None:
    version.step = said
    version.save(update_fields=["step"])


@contextmanager
def _workspace() -> Iterator[Path]:
    """A temporary folder with copies of the files that a training reads."""
    with tempfile.TemporaryDirectory(dir=versions.folder(), prefix=".building-") as name:
        # An absolute path, because the training runs in this folder.
        folder = Path(name).resolve()
        for file in ("config.yml", "domain.yml"):
            shutil.copy(ROOT / file, folder)
        shutil.copytree(bot_data.NLU, folder / "data" / "nlu")
        shutil.copytree(bot_data.RULES, folder / "data" / "rules")
        yield folder


def _hash(files: Iterable[Path]) -> str:
    read = hashlib.sha256()
    for path in sorted(files):
        read.update(path.name.encode() + b"\0" + path.read_bytes())
    return read.hexdigest()


def _delete_old_files() -> None:
    ready = Version.objects.filter(state=Version.State.READY).order_by("-number").values_list("sha256", flat=True)
    kept = {*ready[:KEPT], versions.live() or ""}
    versions.delete_files(set(ready) - kept, kept)
