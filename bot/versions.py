"""Versions of the model that the console trained: files beside the installed model, named by their SHA-256.

The file `live` there names the one in service. It counts only over the installed model beside which it was put into
service: a release or `make train` that installs another model wins. A model is code: the folder is trusted as much as
`models/`, in which it is.
"""

import json
import os
from contextlib import suppress
from pathlib import Path

from bot import model_checksum

# The SHA-256 of the model that this process loaded when it started (bot/__main__.py); empty elsewhere.
served = ""


def folder() -> Path:
    """The folder that all bot processes and the worker share."""
    return model_checksum.model_path().parent / "versions"


def path_of(sha256: str) -> Path:
    """The file of a version."""
    return folder() / f"{sha256}.tar.gz"


def live() -> str | None:
    """The SHA-256 of the version in service; None if it is the installed model."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads((folder() / "live").read_text())
        if kept["instead_of"] == installed() and path_of(kept["sha256"]).exists():
            return str(kept["sha256"])
    return None


def put_live(sha256: str | None) -> None:
    """The version that processes load when they start; None for the installed model. Raises OSError."""
    new = folder() / "live.new"
    new.write_text(json.dumps({"sha256": sha256, "instead_of": installed()}))
    os.replace(new, folder() / "live")


def installed() -> str:
    """The SHA-256 that is recorded for the installed model. Raises UntrustedModel."""
    return model_checksum.meant_hash(model_checksum.model_path())


def to_load(sha256: str | None) -> tuple[Path, str]:
    """(file, its SHA-256) of a version, or of the installed model. Raises UntrustedModel."""
    return (path_of(sha256), sha256) if sha256 else (model_checksum.model_path(), installed())
