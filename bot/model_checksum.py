"""The model's file, which is code: it is loaded only when its hash is the one that was written down for it.

Training writes the hash beside the model (`python -m bot.train`). Where somebody else could write into `models/`, the
environment says which hash is meant (MODEL_SHA256), and what lies beside the file does not count.
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
    """There is no such model, or it is not the one that was meant; the text says which and what to do."""


def served() -> Path:
    """The model that this process is to load, or to train."""
    return Path(os.environ.get("MODEL") or MODEL)


def digest(model: Path) -> str:
    """The file's SHA-256, in hexadecimal digits."""
    read = hashlib.sha256()
    with model.open("rb") as file:
        while block := file.read(1 << 20):
            read.update(block)
    return read.hexdigest()


def checksum_path(model: Path) -> Path:
    """Where the hash of this model is kept, as `sha256sum --check` reads it."""
    return model.with_name(f"{model.name}.sha256")


def strip_training_graph(model: Path) -> None:
    """Of how the model was trained, which only a later fine-tuning would read, the archive says no more.

    Rasa imports every component that it names there, also to serve, and one of them brings TensorFlow (bot/imports.py).
    """
    with tempfile.TemporaryDirectory(dir=model.parent, prefix=".serving-") as folder:
        with tarfile.open(model) as archive:
            archive.extractall(folder, filter="data")
        metadata = Path(folder) / "metadata.json"
        kept = json.loads(metadata.read_text()) | {"train_schema": {"nodes": {}}}
        metadata.write_text(json.dumps(kept))
        with tarfile.open(model, "w:gz") as archive:
            archive.add(folder, "")


def install(new: Path, model: Path) -> None:
    """Let this file be the model from the next start on. One that starts in between refuses, and is started again."""
    line = f"{digest(new)}  {model.name}\n"
    os.replace(new, model)
    checksum_path(model).write_text(line)


@contextmanager
def trusted(model: Path) -> Iterator[Path]:
    """A copy of the model to load, which nobody exchanges between the check and the loading.

    Raises Untrusted when the model is missing, or another one than was meant.
    """
    if not model.exists():
        raise UntrustedModel(f"{model} is missing: `make train` makes it.")
    meant = os.environ.get("MODEL_SHA256") or _written(model)
    with tempfile.TemporaryDirectory(prefix="model-") as folder:
        copy = Path(shutil.copy(model, folder))
        if digest(copy) != meant:
            raise UntrustedModel(
                f"{model} is not the model that was trained (SHA-256): train again, or bring the right one."
            )
        yield copy


def load_failure(model: Path, fault: BaseException) -> str:
    """What to say of the model that was meant, and does not load or read a message: one line, with the first cause."""
    while fault.__cause__:
        fault = fault.__cause__
    cause = " ".join(f"{type(fault).__name__}: {fault}".split())
    return f"{model} cannot be used: train again, or bring the right one. ({cause})"


def _written(model: Path) -> str:
    try:
        return checksum_path(model).read_text().split()[0]
    except (OSError, IndexError) as fault:
        raise UntrustedModel(
            f"{checksum_path(model)} does not say which one is meant: train again, or set MODEL_SHA256."
        ) from fault
