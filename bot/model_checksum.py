"""Verifies the model's checksum before loading it, because a model file can run code.

Training writes the hash beside the model (`python -m bot.train`). If other users can write to `models/`, set
MODEL_SHA256: it takes precedence over the recorded hash.
"""

import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MODEL = Path("models/pixmania.tar.gz")


class UntrustedModel(Exception):
    """The model is missing, or its hash differs. The message says which, and what to do."""


def model_path() -> Path:
    """The path of the model that this process loads or trains."""
    return Path(os.environ.get("MODEL") or MODEL)


def digest(model: Path) -> str:
    """The file's SHA-256, in hexadecimal digits."""
    sha256 = hashlib.sha256()
    with model.open("rb") as file:
        while block := file.read(1 << 20):
            sha256.update(block)
    return sha256.hexdigest()


def checksum_path(model: Path) -> Path:
    """The file with the model's hash, in the format of `sha256sum --check`."""
    return model.with_name(f"{model.name}.sha256")


def strip_training_graph(model: Path) -> None:
    """Remove the training graph from the archive; only fine-tuning would need it.

    Rasa imports every component that the graph names, even if the model is only used, which takes time and memory.
    """
    with tempfile.TemporaryDirectory(dir=model.parent, prefix=".serving-") as folder:
        with tarfile.open(model) as archive:
            archive.extractall(folder)  # written by this training
        metadata = Path(folder) / "metadata.json"
        kept = json.loads(metadata.read_text()) | {"train_schema": {"nodes": {}}}
        metadata.write_text(json.dumps(kept))
        # Weights hardly compress: the default level, 9, takes three times as long and saves 0.3 %.
        with tarfile.open(model, "w:gz", compresslevel=6) as archive:
            archive.add(folder, "")


def install(new: Path, model: Path) -> None:
    """Install the file, with its hash, as the model for the next start.

    A process that starts between the two writes refuses the model and exits; its supervisor restarts it.
    """
    line = f"{digest(new)}  {model.name}\n"
    os.replace(new, model)
    checksum_path(model).write_text(line)


def expected_hash(model: Path) -> str:
    """The SHA-256 that the installed model must have. Raises UntrustedModel."""
    _require(model)
    return os.environ.get("MODEL_SHA256") or _recorded(model)


@contextmanager
def verified_copy(model: Path, expected: str | None = None) -> Iterator[Path]:
    """A verified copy of the model, because the file could be replaced between the check and the loading.

    `expected`: its SHA-256, if it is not the installed model. Raises UntrustedModel if the file is missing or has
    another hash.
    """
    _require(model)
    expected = expected or expected_hash(model)
    with tempfile.TemporaryDirectory(prefix="model-") as folder:
        copy = Path(shutil.copy(model, folder))
        if digest(copy) != expected:
            raise UntrustedModel(f"{model} does not have the recorded SHA-256: train again, or restore the file.")
        yield copy


def _require(model: Path) -> None:
    if not model.exists():
        raise UntrustedModel(f"{model} is missing: run `make train`.")


def load_failure(model: Path, fault: BaseException) -> str:
    """One line for a model that fails to load or to read a message, with the root cause."""
    while fault.__cause__:
        fault = fault.__cause__
    cause = " ".join(f"{type(fault).__name__}: {fault}".split())
    return f"{model} cannot be used: train again, or restore the file. ({cause})"


def _recorded(model: Path) -> str:
    try:
        return checksum_path(model).read_text().split()[0]
    except (OSError, IndexError) as fault:
        raise UntrustedModel(
            f"{checksum_path(model)} is missing or empty: train again, or set MODEL_SHA256."
        ) from fault
