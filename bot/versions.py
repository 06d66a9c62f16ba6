"""Versions of the model that the console trained: files beside the installed model, named by their SHA-256.

The file `live` there names the one in service. It counts only over the installed model beside which it was put into
service: a release or `make train` that installs another model wins. A model is code: the folder is trusted as much as
`models/`, in which it is.
"""

import io
import json
import os
import tarfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from bot import model_checksum

# The replies that a version brings beside its model, in its file: those to questions that the team added.
REPLIES = "replies.json"
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
    return model_checksum.expected_hash(model_checksum.model_path())


def to_load(sha256: str | None) -> tuple[Path, str]:
    """(file, its SHA-256) of a version, or of the installed model. Raises UntrustedModel."""
    return (path_of(sha256), sha256) if sha256 else (model_checksum.model_path(), installed())


def add_replies(model: Path, replies: dict[str, Any]) -> None:
    """Put replies, as data/responses/ names them, into the file of a model."""
    content = json.dumps(replies, ensure_ascii=False).encode()
    member = tarfile.TarInfo(REPLIES)
    member.size = len(content)
    new = model.with_suffix(".new")
    with tarfile.open(model) as old, tarfile.open(new, "w:gz") as archive:
        for one in old.getmembers():
            archive.addfile(one, old.extractfile(one) if one.isfile() else None)
        archive.addfile(member, io.BytesIO(content))
    os.replace(new, model)


def replies_of(model: Path) -> dict[str, Any]:
    """Those of a verified model file; none if it is the installed one, or older."""
    with tarfile.open(model) as archive, suppress(KeyError):
        found = archive.extractfile(REPLIES)
        return dict(json.load(found)) if found else {}
    return {}
